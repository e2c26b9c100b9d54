//! A document for word processors: the smallest Office Open XML file that
//! opens everywhere (ECMA-376), so that people can comment on it.
//!
//! Text is escaped; there are no macros, links, fields, pictures or properties,
//! and no clock: the same document gives the same bytes. May not decide what
//! is said.

use super::doc::{Block, Cell, Doc, Line, Span, Table};
use crate::release::zip::Zip;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>
"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>
"#;
const DOC_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Calibri"/><w:sz w:val="21"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:keepNext/><w:spacing w:before="320" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/></w:rPr></w:style><w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4" w:color="999999"/><w:left w:val="single" w:sz="4" w:color="999999"/><w:bottom w:val="single" w:sz="4" w:color="999999"/><w:right w:val="single" w:sz="4" w:color="999999"/><w:insideH w:val="single" w:sz="4" w:color="999999"/><w:insideV w:val="single" w:sz="4" w:color="999999"/></w:tblBorders></w:tblPr></w:style></w:styles>
"#;

/// The file.
pub(super) fn write(doc: &Doc) -> Vec<u8> {
    let mut body = String::new();
    paragraph(&mut body, None, &doc.kicker);
    paragraph(&mut body, Some("Title"), &doc.title);
    if !doc.lead.is_empty() {
        paragraph(&mut body, None, &doc.lead);
    }
    for section in &doc.sections {
        paragraph(&mut body, Some("Heading1"), &section.title);
        for part in &section.blocks {
            block(&mut body, part);
        }
    }
    paragraph(&mut body, None, &doc.foot);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1000\" w:right=\"1000\" w:bottom=\"1000\" w:left=\"1000\" w:header=\"600\" w:footer=\"600\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>\n"
    );
    let mut zip = Zip::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("word/document.xml", document.as_str()),
        ("word/_rels/document.xml.rels", DOC_RELS),
        ("word/styles.xml", STYLES),
    ] {
        // Writing into memory does not fail.
        drop(zip.add(name, &mut text.as_bytes()));
    }
    zip.finish()
        .map(std::io::Cursor::into_inner)
        .unwrap_or_default()
}

/// Text for XML: what XML cannot hold is shown as U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn runs(line: &Line, bold: bool) -> String {
    let mut out = String::new();
    for span in &line.0 {
        let (text, mono) = match span {
            Span::Ours(text) | Span::Theirs(text) => (text, false),
            Span::Name(text) => (text, true),
        };
        let mut style = String::new();
        if mono {
            style.push_str("<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\"/>");
        }
        if bold {
            style.push_str("<w:b/>");
        }
        out.push_str(&format!(
            "<w:r><w:rPr>{style}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
            escape(text)
        ));
    }
    out
}

fn paragraph(out: &mut String, style: Option<&str>, line: &Line) {
    let style = style.map_or(String::new(), |style| {
        format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>")
    });
    out.push_str(&format!("<w:p>{style}{}</w:p>", runs(line, false)));
}

fn block(out: &mut String, part: &Block) {
    match part {
        Block::Para(line) => paragraph(out, None, line),
        Block::Notice(line) => out.push_str(&format!(
            "<w:p><w:pPr><w:pBdr><w:left w:val=\"single\" w:sz=\"24\" w:space=\"8\" w:color=\"8A5A00\"/></w:pBdr></w:pPr>{}</w:p>",
            runs(line, true)
        )),
        Block::List(lines) => {
            for line in lines {
                let mut item = Line::ours("• ");
                item.push(line.clone());
                out.push_str(&format!(
                    "<w:p><w:pPr><w:ind w:left=\"300\" w:hanging=\"200\"/></w:pPr>{}</w:p>",
                    runs(&item, false)
                ));
            }
        }
        Block::Typed(lines) => {
            for line in lines {
                paragraph(out, None, &Line::name(line));
            }
        }
        Block::Facts(facts) => {
            let rows: Vec<Vec<Cell>> = facts
                .iter()
                .map(|(label, lines)| {
                    let mut lines = lines.iter().cloned();
                    vec![
                        label.clone().into(),
                        Cell {
                            line: lines.next().unwrap_or_default(),
                            notes: lines.collect(),
                        },
                    ]
                })
                .collect();
            grid(out, &[], &rows);
        }
        Block::Chart(chart) => table(out, &chart.table),
        Block::Table(of) | Block::Grid(of) => table(out, of),
        Block::SignOff(_) => {
            for _ in 0..3 {
                paragraph(out, None, &Line::ours("______________________________"));
            }
        }
    }
}

fn table(out: &mut String, table: &Table) {
    paragraph(out, Some("Caption"), &table.caption);
    let head: Vec<Line> = table.head.iter().map(|(head, _)| head.clone()).collect();
    grid(out, &head, &table.rows);
}

fn grid(out: &mut String, head: &[Line], rows: &[Vec<Cell>]) {
    let columns = rows.first().map_or(head.len(), Vec::len).max(1);
    let width = 9_900 / columns;
    out.push_str("<w:tbl><w:tblPr><w:tblStyle w:val=\"Grid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/></w:tblPr><w:tblGrid>");
    for _ in 0..columns {
        out.push_str(&format!("<w:gridCol w:w=\"{width}\"/>"));
    }
    out.push_str("</w:tblGrid>");
    if !head.is_empty() {
        out.push_str("<w:tr><w:trPr><w:tblHeader/></w:trPr>");
        for line in head {
            out.push_str(&format!(
                "<w:tc><w:tcPr/><w:p>{}</w:p></w:tc>",
                runs(line, true)
            ));
        }
        out.push_str("</w:tr>");
    }
    for row in rows {
        out.push_str("<w:tr>");
        for (at, cell) in row.iter().enumerate() {
            out.push_str("<w:tc><w:tcPr/>");
            out.push_str(&format!("<w:p>{}</w:p>", runs(&cell.line, at == 0)));
            for note in &cell.notes {
                out.push_str(&format!("<w:p>{}</w:p>", runs(note, false)));
            }
            out.push_str("</w:tc>");
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl><w:p/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_mark_up() {
        assert_eq!(escape("</w:t>&\"\u{1b}"), "&lt;/w:t&gt;&amp;&quot;\u{fffd}");
    }
}
