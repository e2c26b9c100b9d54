//! The notes of the register: what an office writes down about members, in
//! Chinese and English, with identifiers planted in some.

use std::fmt::Write as _;

use super::forms;
use super::generate::{Column, Planted};
use super::random::Random;
use super::words;
use super::world::{Person, World};

/// Notes without an identifier. `{y}` year, `{m}` month, `{d}` day, `{a}`
/// amount, `{n}` small number, `{c}` city, `{s}` surname.
const PLAIN_ZH: &[&str] = &[
    "{y}年{m}月转入",
    "党费已交至{y}年{m}月",
    "组织关系已转至{c}",
    "长期外出务工",
    "参加{y}年培训{n}学时",
    "档案待补",
    "表现良好",
    "家庭困难,已发补助{a}元",
    "退休返聘",
    "{y}年度优秀党员",
    "材料不全，需补交入党志愿书",
    "流动党员,每年回{c}一次",
    "民主评议合格",
    "与{s}某同住",
    "党龄{n}年",
    "党费{a}元,{y}年起按新标准",
    "政审已完成",
    "曾在{c}工作{n}年",
    "因病请假",
    "志愿服务{n}小时",
    "调动手续办理中，预计{y}年{m}月{d}日完成",
    "待核实",
    "-组织关系在途",
    "=见附件{n}",
    "住院,已探望",
    "会议出席率{n}%",
    "介绍人{s}某、{s}某",
    "材料编号〔{y}〕{n}号",
    "{y}年{m}月{d}日谈话，本人无异议",
    "换届选举中当选，任期{n}年",
];

const PLAIN_EN: &[&str] = &[
    "transferred in {m}/{y}",
    "dues paid to {y}",
    "file incomplete, copy requested",
    "abroad since {y}; comes back once a year",
    "training {y}: {n} hours",
    "said \"no objection\" at the meeting",
    "moved to {c}",
    "retired, still attends",
    "on sick leave",
    "grant of {a} yuan, approved",
    "see paper file no. {n}",
    "good standing",
    "waiting for a reply from {c}",
    "election {y}: {n} votes",
];

/// Clauses around an own identifier, by kind; `{p}` is its place. An entry is
/// marked where an ID word stands right before the number.
const ID_ZH: &[(&str, bool)] = &[
    ("身份证号{p}已核对", true),
    ("身份证号码：{p}", true),
    ("身份证{p}，复印件在档", true),
    ("公民身份号码{p}待查", true),
    ("经查{p}本人签字", false),
    ("编号{p}有误", false),
];
const ID_EN: &[(&str, bool)] = &[
    ("ID no. {p} checked", true),
    ("resident ID {p}", true),
    ("ID{p} on file", true),
    ("see {p} in the paper file", false),
];
const MOBILE_ZH: &[&str] = &[
    "电话{p}",
    "手机号码{p}，晚上联系",
    "请打{p}找他",
    "联系方式:{p}",
    "微信同号{p}勿外传",
    "{p}（本人）",
];
const MOBILE_EN: &[&str] = &[
    "call {p}",
    "mobile {p} in the evening",
    "Tel: {p}.",
    "Tel{p}",
];
const EMAIL_ZH: &[&str] = &[
    "邮箱{p}",
    "请发到{p}谢谢",
    "材料已发{p}，待回复",
    "电子邮件：{p}。",
    "联系{p}或来访",
];
const EMAIL_EN: &[&str] = &["write to {p}", "email: <{p}>", "cc {p}.", "({p})"];
const LANDLINE_ZH: &[&str] = &["座机{p}", "办公室电话{p}转分机", "家里电话{p}"];
const LANDLINE_EN: &[&str] = &["office {p}", "home phone {p}, ask for the son"];
const NAME_ZH: &[&str] = &["{p}同志表现良好", "经{p}本人确认", "党员{p}申请转出"];
const NAME_EN: &[&str] = &["{p} asked for a transfer", "signed by {p}"];
const BIRTH_ZH: &[&str] = &["{p}出生", "生日{p}与档案一致", "出生日期更正为{p}"];
const BIRTH_EN: &[&str] = &["born {p}", "birth date {p} confirmed"];
const ADDRESS_ZH: &[&str] = &["住址：{p}", "现住{p}"];
const ADDRESS_EN: &[&str] = &["lives at {p}"];
const MEMBER_ZH: &[&str] = &["旧卡{p}作废", "编号{p}重复"];
const MEMBER_EN: &[&str] = &["card {p} replaced"];

/// Clauses around somebody else's identifier.
const OTHER_ID_ZH: &[(&str, bool)] = &[
    ("配偶身份证{p}", true),
    ("与{p}系同一住址", false),
    ("其父身份证号码:{p}", true),
];
const OTHER_ID_EN: &[(&str, bool)] = &[("spouse's ID {p}", true), ("same household as {p}", false)];
const OTHER_MOBILE_ZH: &[&str] = &["介绍人电话{p}", "紧急联系人{p}", "其妻{p}代接", "转告{p}"];
const OTHER_MOBILE_EN: &[&str] = &[
    "emergency contact {p}",
    "referred by {p}",
    "son's phone {p}",
];
const OTHER_EMAIL_ZH: &[&str] = &["其子邮箱{p}", "抄送{p}备案"];
const OTHER_EMAIL_EN: &[&str] = &["spouse: {p}", "copied to {p}"];

/// Long numbers that are nobody's; `{k}` is their place.
const DECOYS_ZH: &[&str] = &["凭证号{k}", "流水{k}已入账", "订单号{k}"];
const DECOYS_EN: &[&str] = &["voucher {k}", "invoice no. {k}"];

/// Whose identifier it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Member,
    Outsider,
}

impl Whose {
    const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Member => "member",
            Self::Outsider => "outsider",
        }
    }
}

/// What is planted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Id,
    Mobile,
    Email,
    Landline,
    Name,
    Birth,
    Address,
    MemberId,
}

/// What the note may need to know of its own row.
pub(super) struct Row<'a> {
    pub(super) person: &'a Person,
    pub(super) name: &'a str,
    pub(super) address: &'a str,
    pub(super) member_id: &'a str,
    /// Whether the mobile, the landline and the other cells stand in the row
    /// as they are; a note repeats no cell that dirt has changed.
    pub(super) clean: bool,
}

/// Buffers reused from note to note.
#[derive(Default)]
pub(super) struct Scratch {
    form: String,
    text: String,
}

/// Fills a plain template.
fn fill(template: &str, random: &mut Random, out: &mut String) {
    for (at, piece) in template.split('{').enumerate() {
        if at == 0 {
            out.push_str(piece);
            continue;
        }
        let (word, rest) = piece.split_once('}').unwrap_or((piece, ""));
        // Writing to a String cannot fail.
        let _infallible = match word {
            "y" => write!(out, "{}", 1990 + random.below(27)),
            "m" => write!(out, "{}", 1 + random.below(12)),
            "d" => write!(out, "{}", 1 + random.below(28)),
            "a" => write!(out, "{}.{}0", 20 + random.below(900), random.below(10)),
            "n" => write!(out, "{}", 2 + random.below(96)),
            "c" => {
                out.push_str(words::CITIES[random.index(words::CITIES.len())].name);
                Ok(())
            }
            _ => {
                out.push_str(words::SURNAMES[random.index(words::SURNAMES.len())].0);
                Ok(())
            }
        };
        out.push_str(rest);
    }
}

/// Puts `value` where the clause has its mark.
fn place(clause: &str, value: &str, out: &mut String) {
    let (before, after) = clause.split_once("{p}").unwrap_or((clause, ""));
    out.push_str(before);
    out.push_str(value);
    out.push_str(after);
}

/// Writes a note without an identifier.
pub(super) fn plain(random: &mut Random, out: &mut String, truth: &mut Vec<Planted>) {
    let english = random.per_mille(280);
    let (templates, between) = if english {
        (PLAIN_EN, "; ")
    } else {
        (PLAIN_ZH, "；")
    };
    fill(random.pick(templates), random, out);
    let more = random.below(100);
    if more < 72 {
        out.push_str(if more < 2 { "\n" } else { between });
        fill(random.pick(templates), random, out);
    }
    if more < 26 {
        out.push_str(between);
        fill(random.pick(templates), random, out);
    }
    if random.per_mille(15) {
        out.push_str(between);
        let decoys = if english { DECOYS_EN } else { DECOYS_ZH };
        let (before, after) = random.pick(decoys).split_once("{k}").unwrap_or_default();
        let number = decoy(random);
        out.push_str(before);
        out.push_str(&number);
        out.push_str(after);
        truth.push(Planted {
            column: Column::Notes,
            what: "decoy",
            kind: "number",
            value: number.clone(),
            written: number,
            style: "plain",
            other: None,
        });
    }
}

/// A number that looks like an identifier to a careless pattern: a mobile
/// number inside a longer run, or 11 digits that no mobile begins with.
fn decoy(random: &mut Random) -> String {
    if random.per_mille(500) {
        let head = 201_500_000 + random.below(1_000_000);
        let mobile = 13_000_000_000 + random.below(6_000_000_000);
        format!("{head}{mobile}")
    } else {
        format!("{}", 21_000_000_000 + random.below(60_000_000_000))
    }
}

/// Writes a note with one or two identifiers in it.
pub(super) fn planted(
    world: &World,
    row: &Row<'_>,
    random: &mut Random,
    scratch: &mut Scratch,
    out: &mut String,
    truth: &mut Vec<Planted>,
) {
    let english = random.per_mille(300);
    let (templates, between) = if english {
        (PLAIN_EN, "; ")
    } else {
        (PLAIN_ZH, "，")
    };
    if random.per_mille(400) {
        fill(random.pick(templates), random, out);
        out.push_str(if random.per_mille(80) { "\n" } else { between });
    }
    clause(world, row, english, random, scratch, out, truth);
    if random.per_mille(250) {
        out.push_str(between);
        clause(world, row, english, random, scratch, out, truth);
    }
    if random.per_mille(300) {
        out.push_str(between);
        fill(random.pick(templates), random, out);
    }
}

/// Whose and what: shares in a hundred, with what the row can give.
fn choose(row: &Row<'_>, random: &mut Random) -> (Whose, What) {
    let whose = match random.below(100) {
        ..60 => Whose::Own,
        60..84 => Whose::Member,
        _ => Whose::Outsider,
    };
    if whose != Whose::Own {
        let what = match random.below(100) {
            ..44 => What::Mobile,
            44..72 => What::Id,
            _ => What::Email,
        };
        return (whose, what);
    }
    let what = match random.below(100) {
        ..28 => What::Id,
        28..54 if row.person.has_mobile => What::Mobile,
        54..68 => What::Email,
        68..75 if row.person.landline.is_some() => What::Landline,
        75..85 => What::Name,
        85..95 => What::Birth,
        95..98 if row.clean && !row.address.is_empty() && !row.address.contains('\n') => {
            What::Address
        }
        98..100 => What::MemberId,
        _ => What::Id,
    };
    if row.clean {
        (whose, what)
    } else if what == What::Email {
        (whose, What::Email)
    } else {
        (whose, What::Id)
    }
}

fn clause(
    world: &World,
    row: &Row<'_>,
    english: bool,
    random: &mut Random,
    scratch: &mut Scratch,
    out: &mut String,
    truth: &mut Vec<Planted>,
) {
    let (whose, what) = choose(row, random);
    let (whose, person) = match whose {
        Whose::Own => (whose, *row.person),
        Whose::Member => match world.other_member(row.person.row, random) {
            Some(member) => (whose, member),
            None => (Whose::Outsider, world.outsider(random)),
        },
        Whose::Outsider => (whose, world.outsider(random)),
    };
    let own = whose == Whose::Own;
    let Scratch { form, text } = scratch;
    let pick = |random: &mut Random, zh: &[&'static str], en: &[&'static str]| {
        random.pick(if english { en } else { zh })
    };
    let (clause, kind, value, style) = match what {
        What::Id => {
            let list = match (own, english) {
                (true, false) => ID_ZH,
                (true, true) => ID_EN,
                (false, false) => OTHER_ID_ZH,
                (false, true) => OTHER_ID_EN,
            };
            let (clause, beside_word) = list[random.index(list.len())];
            let mut id = person.id;
            let style = forms::id(&mut id, own && beside_word, random, form);
            (clause, "cn-resident-id", forms::id_text(&id), style)
        }
        What::Mobile => {
            let clause = if own {
                pick(random, MOBILE_ZH, MOBILE_EN)
            } else {
                pick(random, OTHER_MOBILE_ZH, OTHER_MOBILE_EN)
            };
            let style = forms::mobile(person.mobile, random, form);
            (clause, "phone", forms::mobile_e164(person.mobile), style)
        }
        What::Email => {
            let clause = if own {
                pick(random, EMAIL_ZH, EMAIL_EN)
            } else {
                pick(random, OTHER_EMAIL_ZH, OTHER_EMAIL_EN)
            };
            world.email(&person, text);
            let style = forms::email(text, random, form);
            (clause, "email", text.clone(), style)
        }
        What::Landline => {
            let city = world.branches[person.branch as usize].city;
            let city = &words::CITIES[usize::from(city)];
            let local = forms::landline_local(person.landline.unwrap_or(0), city.local);
            let style = forms::landline(city.dial, &local, random, form);
            let value = forms::landline_e164(city.dial, &local);
            (
                pick(random, LANDLINE_ZH, LANDLINE_EN),
                "phone",
                value,
                style,
            )
        }
        What::Name => {
            let style = forms::name(row.name, random, form);
            let value = row.name.to_owned();
            (pick(random, NAME_ZH, NAME_EN), "name", value, style)
        }
        What::Birth => {
            let style = forms::birthday(person.birth, english, random, form);
            forms::date_iso(person.birth, text);
            (
                pick(random, BIRTH_ZH, BIRTH_EN),
                "date",
                text.clone(),
                style,
            )
        }
        What::Address => {
            form.clear();
            form.push_str(row.address);
            let clause = pick(random, ADDRESS_ZH, ADDRESS_EN);
            (clause, "address", row.address.to_owned(), "plain")
        }
        What::MemberId => {
            form.clear();
            form.push_str(row.member_id);
            let style = if random.per_mille(300) {
                form.make_ascii_lowercase();
                "lower-case"
            } else {
                "plain"
            };
            let value = row.member_id.to_owned();
            (
                pick(random, MEMBER_ZH, MEMBER_EN),
                "member-id",
                value,
                style,
            )
        }
    };
    place(clause, form, out);
    truth.push(Planted {
        column: Column::Notes,
        what: whose.word(),
        kind,
        value,
        written: form.clone(),
        style,
        other: (whose == Whose::Member).then_some(person.row),
    });
}
