//! `offrecord suggest`: the least coarsening that meets a limit.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::out::{self, Failure, count, counted, shown};
use super::risk::{Table, TableArgs, levels_by_name, percent};
use super::signals::Signals;
use super::suggest_policy::{self, Wanted};
use crate::policy::model;
use crate::risk::lattice::{Found, L, Limits, Loss, Node, Search, search};
use crate::risk::measures::{Measures, measure_classes};

/// Find the coarsening that meets a limit at the least loss
///
/// Every quasi column with a hierarchy may become coarser, the others stay as
/// they are. All combinations of levels are weighed by what they lose, and the
/// least is named, with people alone before and after. Prints names of columns
/// and levels, never a value. Exit code 3 where no combination meets the limit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord suggest policy.toml --input register.csv --suppress 0.02
  offrecord suggest register.csv --quasi sex,birth_date,city --hierarchy birth_date=date \\
      --hierarchy city=drop --k 5
  offrecord suggest adult.csv --delimiter ';' --hierarchy age=age.csv --k 5 --suppress 0.04 --json
  offrecord suggest patients.csv --quasi age,zip --hierarchy age=age --hierarchy zip=postcode \\
      --sensitive diagnosis --k 5 --l 3")]
pub(super) struct Suggest {
    #[command(flatten)]
    table: TableArgs,
    /// The register, where a policy is given in place of the file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["quasi", "sensitive", "ignore", "subject", "hierarchy", "missing", "l", "l_rule", "greedy", "every"])]
    input: Vec<PathBuf>,
    /// Least people of a class [default: the policy's, else 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    k: Option<u64>,
    /// Least different values of each sensitive column in a class
    #[arg(long, value_name = "N")]
    l: Option<u32>,
    /// How different values are counted
    #[arg(long, value_enum, default_value = "distinct")]
    l_rule: LRule,
    /// Largest share of records that may be kept back instead [default: the policy's, else 0]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    suppress: Option<f64>,
    /// What counts as loss [default: the policy's, else entropy]
    #[arg(long, value_enum)]
    loss: Option<LossName>,
    /// Search in steps, without looking at every combination
    #[arg(long, conflicts_with = "every")]
    greedy: bool,
    /// Count the classes of every combination of levels, also where it cannot be the best
    #[arg(long)]
    every: bool,
    /// Print the answer as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// Rules of diversity.
#[derive(Clone, Copy, ValueEnum)]
enum LRule {
    /// Different values
    Distinct,
    /// exp of the entropy
    Entropy,
}

/// Loss functions.
#[derive(Clone, Copy, ValueEnum)]
enum LossName {
    /// Non-uniform entropy over all records
    Entropy,
    /// The same, and what is lost with records kept back
    EntropySuppressed,
    /// Squares of class sizes
    Discernibility,
    /// Mean of level by top level
    Height,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err("write a share from 0 to under 1, such as 0.02".to_owned()),
    }
}

impl Suggest {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        let file = &self.table.file;
        if !self.input.is_empty() {
            return suggest_policy::run(
                &Wanted {
                    policy: file,
                    inputs: &self.input,
                    k: self.k,
                    suppress: self.suppress,
                    loss: self.loss.map(|loss| match loss {
                        LossName::Entropy => model::Loss::Entropy,
                        LossName::EntropySuppressed => model::Loss::EntropySuppressed,
                        LossName::Discernibility => model::Loss::Discernibility,
                        LossName::Height => model::Loss::Height,
                    }),
                    pace: &self.table.pace,
                    json: self.json,
                },
                signals,
            );
        }
        if file.extension().is_some_and(|ending| ending == "toml") {
            return Err(Failure::usage(
                format!(
                    "{} looks like a policy, and no records were given",
                    shown(file)
                ),
                "which coarsening is cheapest depends on the records",
                "add --input FILE with the register",
            ));
        }
        let table = self.table.count(signals, None)?;
        if self.l.is_some() && table.names.len() == table.base.quasi {
            return Err(Failure::usage(
                "--l was given and no column is sensitive",
                "l counts the values of sensitive columns within a class",
                "name them with --sensitive",
            ));
        }
        let limits = Limits {
            k: self.k.unwrap_or(5),
            l: self.l.map(|l| match self.l_rule {
                LRule::Distinct => L::Distinct(u64::from(l)),
                LRule::Entropy => L::Entropy(f64::from(l)),
            }),
            suppress: self.suppress.unwrap_or(0.0),
        };
        let loss = match self.loss.unwrap_or(LossName::Entropy) {
            LossName::Entropy => Loss::Entropy,
            LossName::EntropySuppressed => Loss::EntropySuppressed,
            LossName::Discernibility => Loss::Discernibility,
            LossName::Height => Loss::Height,
        };
        let how = if self.greedy {
            Search::Greedy
        } else if self.every {
            Search::Every
        } else {
            Search::Best
        };
        // Without a limit over them, sensitive columns only slow the search.
        let (classes, _) = table.base.without_sensitive();
        let base = if limits.l.is_some() {
            &table.base
        } else {
            &classes
        };
        let found = search(base, &table.hierarchies, &limits, loss, how);
        let before = measure_classes(&table.base, &table.names);
        let after = found.best.as_ref().map(|best| {
            let base = table.base.coarsened(&table.hierarchies, &best.levels);
            measure_classes(&base, &table.names)
        });
        if self.json {
            out::json_data(&json!({
                "limits": {"k": limits.k, "l": self.l, "suppress": limits.suppress},
                "loss": loss.name(),
                "nodes": found.nodes,
                "looked_at": found.looked_at,
                "optimal": found.optimal,
                "best": found.best.as_ref().map(|best| json!({
                    "levels": levels_by_name(&table.names, &best.levels),
                    "names": best.levels.iter().zip(&table.hierarchies).zip(&table.names)
                        .map(|((level, hierarchy), name)| (name.clone(), json!(hierarchy.names.get(*level))))
                        .collect::<serde_json::Map<_, _>>(),
                    "loss": best.loss,
                    "suppressed": best.suppressed,
                    "classes": best.classes,
                })),
                "unread": table.hierarchies.iter().zip(&table.names)
                    .map(|(hierarchy, name)| (name.clone(), json!(hierarchy.unread)))
                    .collect::<serde_json::Map<_, _>>(),
                "before": summary(&before),
                "after": after.as_ref().map(summary),
            }))?;
        } else {
            let text = self.words(&table, &found, loss, &before, after.as_ref());
            out::all_data(text.as_bytes())?;
        }
        if found.best.is_none() {
            if !self.json {
                if before.people < limits.k {
                    out::words(&format!(
                        "the file holds {}: nothing but another file reaches k = {}",
                        counted(before.people, "person", "people"),
                        count(limits.k)
                    ));
                }
                out::words(
                    "no combination of levels meets the limit\n  next: give more columns a --hierarchy (`drop` leaves a column out), or let some records be kept back with --suppress",
                );
            }
            return Ok(3);
        }
        Ok(0)
    }

    fn words(
        &self,
        table: &Table,
        found: &Found,
        loss: Loss,
        before: &Measures,
        after: Option<&Measures>,
    ) -> String {
        let mut text = format!(
            "SEARCHED   {} of {} combinations of levels; {}\n",
            count(found.looked_at),
            count(found.nodes),
            if found.optimal {
                "the others cannot be better"
            } else {
                "in steps: a better one may exist"
            }
        );
        let (Some(best), Some(after)) = (&found.best, after) else {
            return text;
        };
        text.push_str(&format!(
            "LOSS       {:.2} ({})\n",
            best.loss + 0.0,
            loss.name()
        ));
        for ((name, hierarchy), level) in
            table.names.iter().zip(&table.hierarchies).zip(&best.levels)
        {
            if hierarchy.top() > 0 {
                let line = format!(
                    "COLUMN     {name}: {} (level {level} of {})",
                    hierarchy.names.get(*level).map_or("", String::as_str),
                    hierarchy.top()
                );
                text.push_str(&crate::policy::error::clean_line(&line));
                text.push('\n');
            }
            if hierarchy.unread > 0 {
                let line = format!(
                    "NOTE       {name}: {} cannot be read, and count as missing on coarser levels",
                    counted(hierarchy.unread as u64, "distinct value", "distinct values")
                );
                text.push_str(&crate::policy::error::clean_line(&line));
                text.push('\n');
            }
        }
        text.push_str(&format!(
            "BEFORE     k = {}, {} alone ({}), {} classes\n",
            before.k,
            counted(before.alone, "person", "people"),
            percent(before.alone, before.standings),
            count(before.classes)
        ));
        text.push_str(&format!(
            "AFTER      k = {}, {} alone ({}), {} classes{}\n",
            after.k,
            counted(after.alone, "person", "people"),
            percent(after.alone, after.standings),
            count(after.classes),
            kept_back(best)
        ));
        text.push_str(&paste(table, best));
        text
    }
}

fn kept_back(best: &Node) -> String {
    if best.suppressed == 0 {
        return String::new();
    }
    format!(
        ", before {} are kept back",
        counted(best.suppressed, "record", "records")
    )
}

/// The change as a policy has it, for columns whose level a policy can say.
fn paste(table: &Table, best: &Node) -> String {
    let mut lines = String::new();
    for ((name, hierarchy), level) in table.names.iter().zip(&table.hierarchies).zip(&best.levels) {
        if *level == 0 {
            continue;
        }
        let level_name = hierarchy.names.get(*level).map_or("", String::as_str);
        let change = match level_name {
            "left out" => "do = \"drop\"".to_owned(),
            "month" | "year" | "5-years" | "decade" => {
                format!("do = \"generalise\"\nkind = \"date\"\nto = \"{level_name}\"")
            }
            "county code" => "do = \"generalise\"\nkind = \"exact\"\nprefix = 6".to_owned(),
            "prefecture code" => "do = \"generalise\"\nkind = \"exact\"\nprefix = 4".to_owned(),
            "province code" => "do = \"generalise\"\nkind = \"exact\"\nprefix = 2".to_owned(),
            "county" | "city" | "province" => {
                format!("do = \"generalise\"\nkind = \"cn-address\"\nto = \"{level_name}\"")
            }
            "sector" | "district" | "area" => {
                format!("do = \"generalise\"\nkind = \"gb-postcode\"\nto = \"{level_name}\"")
            }
            "zip3" => "do = \"generalise\"\nkind = \"us-zip\"\nto = \"zip3\"".to_owned(),
            other => match other.strip_prefix("first ") {
                Some(keep) => format!("do = \"generalise\"\nkind = \"exact\"\nprefix = {keep}"),
                None => match other.strip_prefix("level ") {
                    Some(level) => format!(
                        "do = \"generalise\"\nhierarchy = \"FILE\"          # the file of --hierarchy\nlevel = {level}"
                    ),
                    None => match other.strip_suffix(" years") {
                        Some(width) => format!(
                            "# ages in bands of {width} years: from a birth date, do = \"generalise\", to = \"{width}-years\", at = DATE"
                        ),
                        None => continue,
                    },
                },
            },
        };
        let key = suggest_policy::key(name);
        lines.push_str(&format!("\n[columns.{key}]\n{change}\n"));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("\nFor the policy, beside each column's ground and why:\n{lines}")
}

fn summary(measures: &Measures) -> serde_json::Value {
    json!({
        "k": measures.k,
        "alone": measures.alone,
        "classes": measures.classes,
        "people": measures.people,
        "below": measures.below,
        "diversity": measures.diversity,
    })
}
