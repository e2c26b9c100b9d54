//! A policy that is made weaker fails: each rule of each shipped policy is
//! weakened in every way that the model knows, and one of the policy's own
//! examples, what it says of itself in `[holds]`, or a house rule objects.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use offrecord::plan::{check, diff};
use offrecord::policy::model::{
    AgeBands, At, Class, ColumnRule, DateLevel, Figure, General, Invalid, KeepForm, Level, Order,
    Policy, RowTest, Treatment, Unlisted, Zeros,
};
use offrecord::policy::{self, HouseRules};
use offrecord::report;

fn at<T>(value: T) -> At<T> {
    At { value, at: 0..1 }
}

/// Forms of a value that tell more than this one.
fn finer(form: &General) -> Vec<General> {
    const LEVELS: [DateLevel; 6] = [
        DateLevel::Day,
        DateLevel::Month,
        DateLevel::Quarter,
        DateLevel::Year,
        DateLevel::Years(2),
        DateLevel::Years(5),
    ];
    match form {
        General::Date(level) => LEVELS
            .into_iter()
            .filter(|finer| finer.length() < level.length())
            .map(General::Date)
            .collect(),
        General::Age {
            bands: AgeBands::Limits(limits),
            at,
        } => {
            let between = limits.windows(2).map(|pair| (pair[0] + pair[1]) / 2);
            let last = limits.last().map(|last| last + 5);
            let mut forms: Vec<General> = between
                .chain(last)
                .map(|new| {
                    let mut more = limits.clone();
                    more.push(new);
                    more.sort_unstable();
                    AgeBands::Limits(more)
                })
                .map(|bands| General::Age { bands, at: *at })
                .collect();
            forms.push(General::Age {
                bands: AgeBands::Every(1),
                at: *at,
            });
            forms
        }
        General::Age {
            bands: AgeBands::Every(years),
            at,
        } => vec![General::Age {
            bands: AgeBands::Every((years / 2).max(1)),
            at: *at,
        }],
        General::Bands(limits) => {
            let number = |text: &String| text.parse::<f64>().unwrap();
            let between = limits
                .windows(2)
                .map(|pair| f64::midpoint(number(&pair[0]), number(&pair[1])));
            let last = limits.last().map(|last| number(last) * 10.0);
            let all = between.chain(last);
            all.map(|new| {
                let mut more = limits.clone();
                more.push(new.to_string());
                more.sort_by(|a, b| number(a).total_cmp(&number(b)));
                General::Bands(more)
            })
            .collect()
        }
        General::Prefix(n) => vec![General::Prefix(n + 1), General::Prefix(n + 10)],
        General::Hierarchy { file, level } if *level > 1 => vec![General::Hierarchy {
            file: *file,
            level: level - 1,
        }],
        General::Area(level) => offrecord::policy::model::AreaLevel::ALL
            .into_iter()
            .map(General::Area)
            .filter(|finer| *finer != General::Area(*level))
            .filter(|finer| offrecord::policy::nests(finer, form))
            .collect(),
        General::Keep | General::Map(_) | General::Hierarchy { .. } => Vec::new(),
    }
}

/// Treatments that let more of a value out.
fn opener(rule: &ColumnRule, policy: &Policy) -> Vec<Treatment> {
    let keep = |max| Treatment::Keep(KeepForm::Kind { max });
    let domain = policy.domains.first().map(|domain| domain.name.clone());
    let code = domain.map(|name| Treatment::Pseudonymise { domain: at(name) });
    let mut all = Vec::new();
    match &rule.treatment {
        Treatment::Drop => {
            all.extend(code);
            all.push(Treatment::Mask {
                first: 2,
                last: 0,
                with: '*',
            });
            all.push(keep(200));
        }
        Treatment::Replace { .. } | Treatment::Shift { .. } => all.push(keep(200)),
        Treatment::Pseudonymise { .. } => {
            all.push(Treatment::Mask {
                first: 2,
                last: 0,
                with: '*',
            });
            all.push(keep(200));
        }
        Treatment::Mask { first, last, with } => {
            all.push(Treatment::Mask {
                first: first + 1,
                last: *last,
                with: *with,
            });
            all.push(keep(200));
        }
        Treatment::Generalise(form) => {
            all.extend(finer(form).into_iter().map(Treatment::Generalise));
            all.push(keep(200));
        }
        Treatment::Keep(KeepForm::Kind { max }) => all.push(keep(max + 1)),
        Treatment::Keep(KeepForm::Values(values)) => {
            let mut more = values.clone();
            more.push("one more".to_owned());
            all.push(Treatment::Keep(KeepForm::Values(more)));
            all.push(keep(200));
        }
        Treatment::Keep(KeepForm::Pattern(_)) => all.push(keep(200)),
        Treatment::Redact {
            find,
            own_row,
            names_from,
            names_in,
            label,
        } => {
            for gone in 0..find.len() {
                let mut less = find.clone();
                less.remove(gone);
                all.push(Treatment::Redact {
                    find: less,
                    own_row: *own_row,
                    names_from: names_from.clone(),
                    names_in: names_in.clone(),
                    label: label.clone(),
                });
            }
            if *own_row {
                all.push(Treatment::Redact {
                    find: find.clone(),
                    own_row: false,
                    names_from: names_from.clone(),
                    names_in: names_in.clone(),
                    label: label.clone(),
                });
            }
            if names_in.is_some() {
                all.push(Treatment::Redact {
                    find: find.clone(),
                    own_row: *own_row,
                    names_from: names_from.clone(),
                    names_in: None,
                    label: label.clone(),
                });
            }
            all.push(keep(100_000));
        }
    }
    all
}

/// A name for what was done, and the policy after it.
type Weaker = Vec<(String, Policy)>;

fn columns(policy: &Policy, weaker: &mut Weaker) {
    let redacts_own = policy
        .columns
        .iter()
        .any(|rule| matches!(rule.treatment, Treatment::Redact { own_row: true, .. }));
    for (n, rule) in policy.columns.iter().enumerate() {
        let name = &rule.name.value;
        let leaves = !matches!(rule.treatment, Treatment::Drop);
        let mut with = |what: String, change: &dyn Fn(&mut ColumnRule)| {
            let mut changed = policy.clone();
            change(&mut changed.columns[n]);
            let direction = diff::column(rule, &changed.columns[n]);
            assert_eq!(direction, diff::Direction::Looser, "{name}: {what}");
            weaker.push((format!("{name}: {what}"), changed));
        };
        for treatment in opener(rule, policy) {
            with(format!("{treatment:?}"), &|rule| {
                rule.treatment = treatment.clone();
                // What is kept or cut needs a kind; the least that reads it.
                if rule.kind.is_none() {
                    rule.kind = Some(at("text".to_owned()));
                }
            });
        }
        if leaves && rule.invalid == Invalid::Quarantine && can_misfit(rule) {
            with("invalid = withhold".to_owned(), &|rule| {
                rule.invalid = Invalid::Withhold;
            });
        }
        if leaves && rule.class.as_ref().is_none_or(|c| c.value != Class::None) {
            with("class = none".to_owned(), &|rule| {
                rule.class = Some(at(Class::None));
            });
        }
        if redacts_own && rule.own_row && !leaves {
            with("own_row = false".to_owned(), &|rule| rule.own_row = false);
        }
        match &rule.tables {
            None if !leaves => with("tables = keep".to_owned(), &|rule| {
                rule.tables = Some(at(General::Keep));
            }),
            Some(form) => {
                for finer in finer(&form.value) {
                    with(format!("tables {finer:?}"), &|rule| {
                        rule.tables = Some(at(finer.clone()));
                    });
                }
            }
            None => {}
        }
    }
}

/// Whether there is a value that the rule does not accept.
fn can_misfit(rule: &ColumnRule) -> bool {
    let any = |rule: &ColumnRule| {
        rule.kind
            .as_ref()
            .is_none_or(|kind| matches!(kind.value.as_str(), "text" | "exact"))
    };
    match &rule.treatment {
        Treatment::Keep(_) => true,
        Treatment::Generalise(General::Map(_) | General::Hierarchy { .. }) => true,
        Treatment::Redact { .. } | Treatment::Replace { .. } => false,
        _ => !any(rule),
    }
}

fn whole(policy: &Policy, weaker: &mut Weaker) {
    let mut with = |what: &str, change: &dyn Fn(&mut Policy)| {
        let mut changed = policy.clone();
        change(&mut changed);
        weaker.push((what.to_owned(), changed));
    };
    with("unlisted = drop", &|policy| {
        policy.unlisted = Unlisted::Drop
    });
    if policy.subject.is_some() {
        with("no subject", &|policy| {
            policy.subject = None;
            for table in &mut policy.tables {
                table.count.retain(|figure| figure.value != Figure::Person);
                if table.count.is_empty() {
                    table.count.push(at(Figure::Records));
                }
            }
        });
    }
    for n in 0..policy.rows.len() {
        with(&format!("row rule {n} gone"), &|policy| {
            policy.rows.remove(n);
        });
        if let RowTest::Range { to: Some(to), .. } = &policy.rows[n].test
            && !policy.rows[n].only
        {
            let less = (to.parse::<f64>().unwrap() - 1.0).to_string();
            with(&format!("row rule {n} to {less}"), &|policy| {
                if let RowTest::Range { to, .. } = &mut policy.rows[n].test {
                    *to = Some(less.clone());
                }
            });
        }
    }
    if let Some(extract) = &policy.extract {
        with("order = input", &|policy| {
            if let Some(extract) = &mut policy.extract {
                extract.order = Order::Input;
                extract.order_why = Some(at("because".to_owned()));
            }
        });
        if let Some(risk) = &extract.risk {
            for k in 2..risk.k.value {
                with(&format!("k = {k}"), &|policy| {
                    let extract = policy.extract.as_mut().unwrap();
                    extract.risk.as_mut().unwrap().k.value = k;
                });
            }
            with("no limit on row risk", &|policy| {
                policy.extract.as_mut().unwrap().risk = None;
            });
        }
    }
    for (n, table) in policy.tables.iter().enumerate() {
        let name = &table.name.value;
        for min in [3, table.min.value - 1] {
            with(&format!("{name}: min = {min}"), &|policy| {
                policy.tables[n].min.value = min;
            });
        }
        with(&format!("{name}: zeros = publish"), &|policy| {
            policy.tables[n].zeros = Zeros::Publish;
            policy.tables[n].why = Some(at("because".to_owned()));
        });
        with(&format!("{name}: show_withheld"), &|policy| {
            policy.tables[n].show_withheld = true;
        });
        for rule in &policy.columns {
            let here = table
                .by
                .iter()
                .any(|by| by.value.iter().any(|level| level.column == rule.name.value));
            if rule.tables.is_some() && !here {
                with(&format!("{name}: also by {}", rule.name.value), &|policy| {
                    let column = rule.name.value.clone();
                    let more = at(vec![Level { column, to: None }]);
                    policy.tables[n].by.push(more);
                });
            }
        }
    }
}

fn shipped() -> Vec<(String, Policy)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".toml") && name != "house-rules.toml" {
            let policy = policy::read(&path).unwrap_or_else(|error| panic!("{error}"));
            all.push((name, policy));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() >= 3);
    all
}

fn house() -> HouseRules {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/house-rules.toml");
    policy::read_house(&path).unwrap_or_else(|error| panic!("{error}"))
}

/// Codes of the errors that `check` names.
fn errors(policy: &Policy, house: &HouseRules) -> Vec<&'static str> {
    let today = jiff::civil::date(2026, 11, 23);
    let problems = check::check(&Arc::new(policy.clone()), Some(house), today);
    problems
        .iter()
        .filter(|problem| problem.severity == offrecord::policy::Severity::Error)
        .map(|problem| problem.code)
        .collect()
}

#[test]
fn each_rule_of_each_shipped_policy_made_weaker_is_objected_to() {
    let house = house();
    let mut passed = Vec::new();
    let mut by: BTreeMap<String, usize> = BTreeMap::new();
    for (name, policy) in shipped() {
        assert_eq!(errors(&policy, &house), Vec::<&str>::new(), "{name}");
        let mut weaker = Vec::new();
        columns(&policy, &mut weaker);
        whole(&policy, &mut weaker);
        assert!(weaker.len() > 30, "{name}: {}", weaker.len());
        let compiled = |policy: &Policy| {
            offrecord::plan::Plan::compile(Arc::new(policy.clone()), None, crate::util::test_key())
        };
        let old = compiled(&policy).unwrap_or_else(|_| panic!("{name}"));
        for (what, policy) in weaker {
            // What people read says so too: one sentence at least is another.
            if let Ok(new) = compiled(&policy) {
                let changes = report::changes(&old, &new, report::Lang::En);
                let looser = |change: &report::Change| change.direction == diff::Direction::Looser;
                assert!(changes.iter().any(looser), "{name}: {what}: {changes:?}");
            }
            let errors = errors(&policy, &house);
            match errors.first() {
                None => passed.push(format!("{name}: {what}")),
                Some(first) => {
                    let first = first.split('/').next().unwrap_or_default();
                    *by.entry(first.to_owned()).or_default() += 1;
                }
            }
        }
    }
    println!("objected to: {by:?}");
    assert!(passed.is_empty(), "nobody objects:\n{}", passed.join("\n"));
}
