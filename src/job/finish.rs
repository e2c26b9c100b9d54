//! From counted parts to a checked release: limits, tables, documents,
//! manifest, and the look at the finished bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::collect::{Artefact, HashedFile, failed};
use super::history::{Earlier, Published};
use super::limits::{Coarser, Limited};
use super::row::push_csv;
use super::stop::Stop;
use super::{ApprovalState, Approved, Job, Pass, Rows, UNAPPROVED};
use crate::key::identity::hex;
use crate::key::{Key, KeyId};
use crate::ledger::Ledger;
use crate::plan::{Plan, TablePlan};
use crate::policy::model::{Order, Protect, Small};
use crate::release;
use crate::release::manifest::{
    Digest, Manifest, PREDICATE, PolicyName, Predicate, Records, STATEMENT, Subject, Tool,
};
use crate::release::table::Table;
use crate::report;
use crate::tally::{Balance, Cause, Counted, Diversity};
use crate::verify::{self, Verdict};

/// What a run found and wrote, for one recipient. Holds counts and labels that
/// are published, no value of the input.
pub struct Facts {
    /// Recipient.
    pub recipient: Option<String>,
    /// Where the records went.
    pub balance: Balance,
    /// The same as it may be published.
    pub records: Records,
    /// What the limit on rows found; `None` where nothing limits row risk or on a sample.
    pub row_risk: Option<RowRisk>,
    /// Tables as published.
    pub tables: Vec<TableFacts>,
    /// What protects them: figures, relations and the attacker's audit, where
    /// cells are withheld. Private.
    pub protection: serde_json::Value,
    /// Files of the release.
    pub artefacts: Vec<Artefact>,
    /// SHA-256 and length of each input as it lies on disk.
    pub inputs: Vec<([u8; 32], u64)>,
    /// The key.
    pub key_id: KeyId,
    /// What the check of the finished bytes said; `None` where nothing was written.
    pub verdict: Option<Verdict>,
    /// Whether only a sample was looked at: then k, uniqueness and cells are not measured.
    pub sampled: bool,
    /// Unreadable records among the quarantined ones.
    pub unreadable: u64,
    /// Time until the bytes were staged, and until they were checked.
    pub staged_after: Duration,
    /// The whole time.
    pub checked_after: Duration,
    /// Approvals.
    pub approved: Approved,
    /// What the ledger says, where one is kept.
    pub ledger: Option<LedgerFacts>,
}

/// What the ledger says of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFacts {
    /// Where it lies. Private.
    pub path: std::path::PathBuf,
    /// Hash of the line that the release has in it.
    pub head: String,
    /// Earlier releases that it was weighed with.
    pub weighed: usize,
    /// Why it began although earlier releases were known of.
    pub first_release: Option<String>,
}

/// What the limit on rows found.
#[derive(Debug, Clone, PartialEq)]
pub struct RowRisk {
    /// The limit.
    pub k: u64,
    /// The limit on sensitive values.
    pub l: Option<Diversity>,
    /// Whether sets of rows of one person were judged as a whole.
    pub histories: bool,
    /// Rows kept back for any limit.
    pub withheld: u64,
    /// The same by cause.
    pub causes: BTreeMap<Cause, u64>,
    /// Classes that leave.
    pub classes: u64,
    /// Subjects of the smallest class that leaves.
    pub smallest: Option<u64>,
    /// Values emptied in rows that leave, by place among the quasi columns.
    pub suppressed: Vec<u64>,
    /// Sizes of the classes under the limit: subjects, classes.
    pub small: BTreeMap<u64, u64>,
    /// Names of the classes that leave and their subjects, for the ledger.
    pub(super) sizes: Vec<(u64, u64)>,
    /// What left coarser than the policy writes it, where it may.
    pub coarser: Option<Coarser>,
    /// Earlier releases with the same codes that were judged with this one.
    pub joins: Vec<String>,
}

/// A table as published, and what it withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// The table.
    pub table: Table,
    /// Its minimum.
    pub min: u64,
    /// Whether its figures carry noise.
    pub perturbed: bool,
    /// Where more than half of its figures are withheld, the coarser table to
    /// publish instead, in words. Private.
    pub instead: Option<String>,
}

/// What to publish instead of a table that withholds more than half of its
/// figures: without the finest level of a hierarchy, or without the column that
/// has the most values.
fn instead(plan: &TablePlan, counted: &Counted, table: &Table) -> Option<String> {
    let withheld = &table.withheld;
    if (withheld.primary + withheld.complementary).saturating_mul(2) <= withheld.cells {
        return None;
    }
    let mut first = 0;
    let mut widest: Option<(usize, usize, usize)> = None;
    for depth in &plan.depths {
        let last = first + depth - 1;
        let values = counted.labels.get(last).map_or(0, Vec::len);
        if widest.is_none_or(|(most, ..)| values > most) {
            widest = Some((values, *depth, last));
        }
        first += depth;
    }
    let (_, depth, last) = widest?;
    let name = |at: usize| plan.by.get(at).map_or("", |level| level.name.as_str());
    Some(match depth {
        0 | 1 if plan.depths.len() > 1 => format!("the table without `{}`", name(last)),
        0 | 1 => format!("`{}` in coarser groups", name(last)),
        _ => format!("`{}` without `{}`", name(last - 1), name(last)),
    })
}

/// What finishing needs.
pub(super) struct Finish<'a, 'j> {
    pub(super) job: &'a Job<'j>,
    pub(super) plan: &'a Plan,
    pub(super) public: &'a Path,
    pub(super) private: &'a Path,
    pub(super) done: Pass,
    pub(super) rows: Rows,
    pub(super) began: Instant,
    pub(super) ledger: Option<&'a mut Ledger>,
}

/// The name under which rows kept back by the limit are counted.
pub(crate) const BELOW_K: &str = "class below k";

/// The name under which rows kept back for too few sensitive values are counted.
pub(crate) const BELOW_L: &str = "class below l";

/// The name under which values emptied for a limit are counted.
pub(crate) const SUPPRESSED: &str = "row risk";

/// The name under which rows of sets that too few people share are counted.
pub(crate) const HISTORY: &str = "history below k";

/// The name under which rows are counted that hide who is gone since an earlier release.
pub(crate) const ABSENT: &str = "few gone since an earlier release";

/// The name under which rows are counted that hide how few came or went.
pub(crate) const BATCH: &str = "few more or fewer than in an earlier release";

/// Counts without files: what `--dry-run` and `--sample` say.
pub(super) fn facts_without_files(
    job: &Job<'_>,
    plan: &Plan,
    done: Pass,
    limited: Option<Limited>,
    sampled: bool,
    ledger: Option<&mut Ledger>,
) -> Result<Facts, Stop> {
    let (tables, repeated) = done.tables.finish();
    let repeated = repeated.max(
        limited
            .as_ref()
            .map_or(0, |limited| limited.withheld.repeats),
    );
    let row_risk = row_risk(plan, limited)?;
    let Pass {
        mut balance,
        digests,
        unreadable,
        ..
    } = done;
    balance.repeated_subject = repeated;
    move_to_withheld(&mut balance, plan, row_risk.as_ref());
    empty_values(&mut balance, plan, row_risk.as_ref());
    let records = publishable(plan, &balance);
    let (tables, protection, ledger) = if sampled {
        (Vec::new(), serde_json::Value::Null, None)
    } else {
        weigh(job, plan, &tables, &records, row_risk.as_ref(), ledger)?
    };
    Ok(Facts {
        recipient: plan.recipient.clone(),
        balance,
        records,
        row_risk,
        tables,
        protection,
        artefacts: Vec::new(),
        inputs: digests,
        key_id: job.key.id(),
        verdict: None,
        sampled,
        unreadable,
        staged_after: Duration::ZERO,
        checked_after: Duration::ZERO,
        approved: Approved::default(),
        ledger,
    })
}

/// Writes everything but the rows, which are written or spooled already, and checks it.
pub(super) fn finish(finish: Finish<'_, '_>) -> Result<Facts, Stop> {
    let Finish {
        job,
        plan,
        public,
        private,
        done,
        rows,
        began,
        ledger,
    } = finish;
    let mut artefacts = Vec::new();
    let (limited, unguarded) = match rows {
        Rows::None => (None, 0),
        Rows::Direct(files) => {
            artefacts.extend(files.finish()?);
            (None, 0)
        }
        Rows::Spooled(mut spool, mut files) => {
            if let (Some(classes), Some(ledger)) = (spool.classes(), &ledger) {
                super::history::weigh_classes(plan, classes, ledger, job.key)?;
            }
            let limited = spool.finish(plan, &mut files)?;
            artefacts.extend(files.finish()?);
            limited
        }
    };
    let (tables, repeated) = done.tables.finish();
    let repeated = repeated.max(
        limited
            .as_ref()
            .map_or(0, |limited| limited.withheld.repeats),
    );
    let row_risk = row_risk(plan, limited)?;
    let Pass {
        mut balance,
        digests,
        unreadable,
        guarded_header,
        ..
    } = done;
    balance.repeated_subject = repeated;
    move_to_withheld(&mut balance, plan, row_risk.as_ref());
    empty_values(&mut balance, plan, row_risk.as_ref());
    balance.guarded_cells =
        balance.guarded_cells.saturating_add_signed(-unguarded) + guarded_header;
    balanced(&balance, &artefacts, plan)?;
    let records = publishable(plan, &balance);
    let (tables, protection, ledger) =
        weigh(job, plan, &tables, &records, row_risk.as_ref(), ledger)?;
    for facts in &tables {
        artefacts.push(write_table(public, &facts.table)?);
    }
    let mut facts = Facts {
        recipient: plan.recipient.clone(),
        balance,
        records,
        row_risk,
        tables,
        protection,
        artefacts,
        inputs: digests,
        key_id: job.key.id(),
        verdict: None,
        sampled: false,
        unreadable,
        staged_after: Duration::ZERO,
        checked_after: Duration::ZERO,
        approved: job.approved.clone(),
        ledger,
    };
    let shown = shown(plan, &facts, job.key)?;
    let plan = shown.as_ref().unwrap_or(plan);
    for (name, bytes) in report::public_documents(plan, &facts) {
        let mut file = HashedFile::create(public, &name)?;
        file.write(&bytes, 0)?;
        facts.artefacts.push(file.finish(false)?);
    }
    facts.artefacts.sort_by(|a, b| a.name.cmp(&b.name));
    write_manifest(public, plan, &facts)?;
    if facts.approved.state == ApprovalState::Unapproved {
        mark_unapproved(public)?;
    }
    facts.staged_after = began.elapsed();
    (job.watch)(super::Progress::Checking);
    let verdict = check(job, public, private)?;
    facts.checked_after = began.elapsed();
    facts.verdict = Some(verdict);
    for (name, bytes) in report::private_documents(plan, &facts, &private_record(job, plan, &facts))
    {
        HashedFile::create(private, &name).and_then(|mut file| {
            file.write(&bytes, 0)?;
            file.finish(false)
        })?;
    }
    Ok(facts)
}

fn row_risk(plan: &Plan, limited: Option<Limited>) -> Result<Option<RowRisk>, Stop> {
    let limit = plan
        .policy
        .extract
        .as_ref()
        .and_then(|extract| extract.risk.as_ref());
    let (Some(limit), Some(limited)) = (limit, limited) else {
        return Ok(None);
    };
    let Limited {
        withheld: found,
        coarser,
    } = limited;
    if limit.small == Small::Refuse && found.count > 0 {
        return Err(Stop::Limit(format!(
            "{} rows stand in classes of fewer than {} people over the quasi columns, or miss another limit of [extract.risk], and the policy says `small = \"refuse\"`",
            found.count,
            limit.people()
        )));
    }
    if !found.holds {
        return Err(Stop::Limit(
            "a second count of the rows that would leave finds a class that misses a limit; this is a defect of offrecord".to_owned(),
        ));
    }
    let limits = plan.row_limits();
    Ok(Some(RowRisk {
        k: limit.people(),
        l: limits.and_then(|limits| limits.l),
        histories: limits.is_some_and(|limits| limits.linked),
        causes: found.causes,
        suppressed: (0..plan.quasi_count())
            .map(|at| {
                let lost = |mask: &&u64| **mask >> at.min(63) & 1 == 1;
                found.blanks.iter().filter(lost).count() as u64
            })
            .collect(),
        withheld: found.count,
        classes: found.classes,
        smallest: found.smallest,
        small: found.small,
        sizes: found.sizes,
        coarser,
        joins: plan.joins.clone(),
    }))
}

/// The plan of what left, where columns left coarser than the policy writes them.
fn shown(plan: &Plan, facts: &Facts, key: &Key) -> Result<Option<Plan>, Stop> {
    let coarser = facts
        .row_risk
        .as_ref()
        .and_then(|risk| risk.coarser.as_ref());
    coarser
        .map(|coarser| plan.at_steps(&coarser.steps, key).map_err(Stop::Policy))
        .transpose()
}

/// The name under which records are counted where the policy asks for no rows.
const NO_EXTRACT: &str = "no extract";

/// Records that passed every rule of their own, but stand in a small class or
/// in a release without rows.
fn move_to_withheld(balance: &mut Balance, plan: &Plan, risk: Option<&RowRisk>) {
    if plan.policy.extract.is_none() && balance.written > 0 {
        *balance.withheld.entry(NO_EXTRACT.to_owned()).or_default() += balance.written;
        balance.written = 0;
    }
    if let Some(risk) = risk.filter(|risk| risk.withheld > 0) {
        balance.written = balance.written.saturating_sub(risk.withheld);
        for (cause, rows) in &risk.causes {
            let name = match cause {
                Cause::Class => BELOW_K,
                Cause::Values => BELOW_L,
                Cause::History => HISTORY,
                Cause::Absent => ABSENT,
                Cause::Batch => BATCH,
            };
            *balance.withheld.entry(name.to_owned()).or_default() += rows;
        }
    }
}

/// Values that were emptied to meet the limits are withheld values.
fn empty_values(balance: &mut Balance, plan: &Plan, risk: Option<&RowRisk>) {
    let Some(risk) = risk else { return };
    for (column, emptied) in plan.quasi().into_iter().zip(&risk.suppressed) {
        if let Some(counts) = balance.columns.get_mut(column).filter(|_| *emptied > 0) {
            *counts.withheld.entry(SUPPRESSED.to_owned()).or_default() += emptied;
        }
    }
}

/// Rows in the files are the rows that were counted.
fn balanced(balance: &Balance, artefacts: &[Artefact], plan: &Plan) -> Result<(), Stop> {
    if plan.policy.extract.is_none() {
        return Ok(());
    }
    let rows: u64 = artefacts.iter().filter_map(|artefact| artefact.rows).sum();
    if rows == balance.written {
        return Ok(());
    }
    Err(Stop::Balance(format!(
        "{} counted as written, {rows} in the files",
        balance.written
    )))
}

/// The release as it may be published, weighed with all earlier ones, and its
/// line added to the ledger in memory.
#[allow(
    clippy::type_complexity,
    reason = "the three parts go their own ways at once"
)]
fn weigh(
    job: &Job<'_>,
    plan: &Plan,
    counted: &[Counted],
    records: &Records,
    row_risk: Option<&RowRisk>,
    ledger: Option<&mut Ledger>,
) -> Result<(Vec<TableFacts>, serde_json::Value, Option<LedgerFacts>), Stop> {
    let Some(ledger) = ledger else {
        let (tables, protection, _) = protect_tables(job, plan, counted, records, None)?;
        return Ok((tables, protection, None));
    };
    let earlier = Earlier::new(plan, counted, ledger, job.key)?;
    super::history::few_apart(plan, records, ledger)?;
    let (tables, protection, method) = protect_tables(job, plan, counted, records, Some(&earlier))?;
    let (release, sizes) = Published {
        plan,
        counted,
        tables: &tables,
        records,
        row_risk,
        method,
        persons: persons_countable(plan),
    }
    .put_down()?;
    let facts = LedgerFacts {
        path: ledger.path().to_owned(),
        head: ledger.add(release, &sizes, job.key),
        weighed: earlier.releases,
        first_release: ledger.first_release().map(str::to_owned),
    };
    Ok((tables, protection, Some(facts)))
}

/// Whether persons can be counted where records can.
fn persons_countable(plan: &Plan) -> bool {
    plan.subject
        .is_none_or(|subject| plan.outputs.contains(&subject))
}

/// The tables as they may be published, all of a release at once, since they
/// are linked through the people in them; and what protects them.
fn protect_tables(
    job: &Job<'_>,
    plan: &Plan,
    counted: &[Counted],
    records: &Records,
    earlier: Option<&Earlier>,
) -> Result<(Vec<TableFacts>, serde_json::Value, &'static str), Stop> {
    let earlier = earlier.filter(|earlier| !earlier.is_empty());
    let each = || plan.tables.iter().zip(counted);
    let noise = |table: &TablePlan| table.protect == Protect::CellKey;
    let known = super::linked::Known {
        kept_back_told: plan.policy.extract.is_none() || records.withheld.is_some(),
        persons: persons_countable(plan),
        ties: crate::ledger::Ties::new(job.key, super::family(&plan.policy)),
    };
    let (tables, protection, method) = if plan.tables.iter().all(noise) {
        // Rows can complete what earlier tables withhold.
        if earlier.is_some() && !plan.outputs.is_empty() {
            super::linked::tables(plan, &[], &known, earlier, job.interrupted)?;
        }
        let tables = each()
            .map(|(table, counted)| super::noise::table(table, counted))
            .collect::<Result<Vec<_>, _>>()?;
        (tables, serde_json::Value::Null, "noise")
    } else {
        let done = super::linked::tables(plan, counted, &known, earlier, job.interrupted)?;
        let (figures, relations) = done.size;
        let protection = json!({
            "figures": figures,
            "relations": relations,
            "method": done.method,
            "insiders": if done.insiders { "covered" } else { "not covered" },
            "bounded_without_the_tables": done.bounded,
            "audit": done.audit,
        });
        (done.tables, protection, done.method)
    };
    let facts = tables
        .into_iter()
        .zip(&plan.tables)
        .zip(counted)
        .map(|((table, of_plan), counted)| TableFacts {
            instead: instead(of_plan, counted, &table).filter(|_| !noise(of_plan)),
            min: of_plan.min,
            perturbed: noise(of_plan),
            table,
        })
        .collect();
    Ok((facts, protection, method))
}

fn write_table(public: &Path, table: &Table) -> Result<Artefact, Stop> {
    let folder = public.join("tables");
    if !folder.exists() {
        crate::release::create_private_dir(&folder).map_err(failed(&folder))?;
    }
    let (bytes, rows) = crate::release::table::write(table, &|cell, out| {
        push_csv(cell, out);
    });
    let mut file = HashedFile::create(public, &format!("tables/{}.csv", table.name))?;
    file.write(&bytes, rows)?;
    let mut artefact = file.finish(false)?;
    artefact.rows = None;
    Ok(artefact)
}

/// Counts under the largest minimum of the tables are merged or left out.
fn publishable(plan: &Plan, balance: &Balance) -> Records {
    let min = plan.tables.iter().map(|table| table.min).max().unwrap_or(0);
    Records::publishable(
        balance.written,
        balance.withheld_total(),
        balance.quarantined_total(),
        min,
    )
}

fn write_manifest(public: &Path, plan: &Plan, facts: &Facts) -> Result<(), Stop> {
    let policy = &plan.policy;
    let columns = plan
        .outputs
        .iter()
        .map(|at| {
            let column = &plan.columns[*at];
            json!({
                "name": column.output,
                "source": column.name,
                "treatment": report::words::treatment(&policy.columns[*at].treatment),
                "kind": column.reader.kind.name(),
                "class": report::words::class(column.class),
                "form": column.form,
            })
        })
        .collect();
    let extract = policy.extract.as_ref().map(|extract| {
        json!({
            "format": report::words::format(extract.format),
            "order": if extract.order == Order::Shuffled { "shuffled" } else { "input" },
            "bom": extract.bom,
            "part_rows": extract.part_rows,
            "guarded_cells": facts.balance.guarded_cells,
        })
    });
    let tables = plan
        .tables
        .iter()
        .zip(&facts.tables)
        .map(|(table, facts)| {
            let by: Vec<_> = table
                .by
                .iter()
                .map(|by| json!({"name": by.name, "form": by.form}))
                .collect();
            let hierarchies = table.has_totals().then(|| {
                json!({"levels": table.depths, "totals": table.totals, "label": release::table::TOTAL})
            });
            let mut entry = json!({
                "name": table.name,
                "by": by,
                "figures": facts.table.figures,
                "min": table.min,
                "protect": match table.protect {
                    Protect::Suppress => "suppress",
                    Protect::CellKey => "cell-key",
                },
                "zeros": if table.publish_zeros { "publish" } else { "protect" },
            });
            if let Some(hierarchies) = hierarchies {
                entry["subtotals"] = hierarchies;
            }
            entry
        })
        .collect();
    let row_risk = match &facts.row_risk {
        Some(risk) => {
            let mut answer = json!({"limited": true, "k": risk.k});
            if let (Some(answer), Some(l)) = (answer.as_object_mut(), risk.l) {
                let (l, rule) = match l {
                    Diversity::Distinct(l) => (l, "distinct"),
                    Diversity::Entropy(l) => (l, "entropy"),
                };
                answer.insert("l".to_owned(), json!(l));
                answer.insert("l_rule".to_owned(), json!(rule));
            }
            answer["joined_with"] = match plan.joins.as_slice() {
                [] => json!("not assessed"),
                joins => json!(joins),
            };
            if let (Some(answer), Some(coarser)) = (answer.as_object_mut(), &risk.coarser) {
                answer.insert("coarser".to_owned(), coarser_columns(plan, coarser));
            }
            answer
        }
        None => json!({"limited": false}),
    };
    let input = policy.input.publish_hash.as_ref().map(|why| {
        let hashes: Vec<String> = facts.inputs.iter().map(|(hash, _)| hex(hash)).collect();
        json!({"sha256": hashes, "why": why.value})
    });
    let manifest = Manifest {
        statement: STATEMENT,
        subject: facts
            .artefacts
            .iter()
            .map(|artefact| Subject {
                name: artefact.name.clone(),
                digest: Digest {
                    sha256: hex(&artefact.sha256),
                },
            })
            .collect(),
        predicate_type: PREDICATE,
        predicate: Predicate {
            policy: PolicyName {
                name: format!("{}/{}", policy.project, policy.name),
                version: policy.version,
                sha256: hex(&policy.identity),
            },
            recipient: plan.recipient.clone(),
            key_id: facts.key_id.to_string(),
            tool: Tool {
                name: "offrecord",
                version: env!("CARGO_PKG_VERSION"),
            },
            kinds: plan.kinds(),
            records: facts.records,
            columns,
            extract,
            tables,
            checks: json!({
                "closed_forms": "passed",
                "identifiers_in_text": "passed",
                "fingerprints": "passed",
            }),
            row_risk,
            input,
            approval: facts.approved.public(),
            ledger_head: facts.ledger.as_ref().map(|ledger| ledger.head.clone()),
        },
    };
    let bytes = manifest
        .to_bytes()
        .map_err(|_| Stop::Balance("the manifest cannot be written".into()))?;
    let mut file = HashedFile::create(public, "manifest.json")?;
    file.write(&bytes, 0)?;
    file.finish(false)?;
    Ok(())
}

/// Which columns left coarser than the policy writes them, and how that was chosen.
fn coarser_columns(plan: &Plan, coarser: &Coarser) -> serde_json::Value {
    let columns: Vec<_> = coarser
        .steps
        .iter()
        .filter_map(|(column, step)| {
            let ladder = plan.ladder(*column)?;
            let name = &plan.columns.get(*column)?.output;
            Some(json!({"name": name, "step": step, "of": ladder.steps() - 1}))
        })
        .collect();
    json!({
        "columns": columns,
        "loss": coarser.loss.0.name(),
        "search": if coarser.optimal { "optimum" } else { "greedy" },
    })
}

/// Puts the mark before the name of every file, so that it stays on each of
/// them wherever it is copied.
fn mark_unapproved(folder: &Path) -> Result<(), Stop> {
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            mark_unapproved(&path)?;
        } else if let Some(name) = path.file_name() {
            let mut marked = std::ffi::OsString::from(UNAPPROVED);
            marked.push(name);
            std::fs::rename(&path, path.with_file_name(marked)).map_err(failed(&path))?;
        }
    }
    Ok(())
}

/// Looks at the finished bytes. What it finds stops the run; the places stay in
/// the message, since the staging folder goes.
fn check(job: &Job<'_>, public: &Path, private: &Path) -> Result<Verdict, Stop> {
    let request = verify::Request {
        private: Some(private),
        key: Some(job.key),
        threads: job.threads.get(),
        ..verify::Request::new(public)
    };
    let verdict = verify::verify(&request)?;
    let mut leaks = Vec::new();
    let path = private.join("leaks.csv");
    verdict.write_leaks_csv(&mut leaks).map_err(failed(&path))?;
    let mut file = HashedFile::create(private, "leaks.csv")?;
    file.write(&leaks, 0)?;
    file.finish(false)?;
    if verdict.passed() {
        return Ok(verdict);
    }
    Err(Stop::Check {
        findings: verdict.findings.iter().map(|finding| finding.places).sum(),
        code: verdict.exit_code(),
        lines: verdict.findings.iter().map(ToString::to_string).collect(),
    })
}

/// `run.json`: what must not be shared but must be known.
fn private_record(job: &Job<'_>, plan: &Plan, facts: &Facts) -> serde_json::Value {
    let inputs: Vec<_> = job
        .inputs
        .iter()
        .zip(&facts.inputs)
        .map(|(path, (hash, bytes))| {
            json!({"path": path.display().to_string(), "sha256": hex(hash), "bytes": bytes})
        })
        .collect();
    let tables: Vec<_> = facts
        .tables
        .iter()
        .zip(&plan.tables)
        .map(|(facts, table)| {
            let mut entry = json!({"name": facts.table.name, "min": facts.min, "withheld": facts.table.withheld, "publish_instead": facts.instead});
            if table.protect == Protect::CellKey {
                entry["noise"] = json!(super::noise::spec(table));
            }
            entry
        })
        .collect();
    json!({
        "finished_at": jiff::Timestamp::now().to_string(),
        "tool": {"name": "offrecord", "version": env!("CARGO_PKG_VERSION")},
        "policy": {
            "name": format!("{}/{}", plan.policy.project, plan.policy.name),
            "version": plan.policy.version,
            "sha256": hex(&plan.policy.identity),
            "file": plan.policy.file,
            "text": &*plan.policy.text,
        },
        "recipient": plan.recipient,
        "key_id": facts.key_id.to_string(),
        "inputs": inputs,
        "threads": job.threads.get(),
        "seconds_until_staged": facts.staged_after.as_secs_f64(),
        "seconds_until_checked": facts.checked_after.as_secs_f64(),
        "records": {
            "read": facts.balance.read(),
            "written": facts.balance.written,
            "withheld": facts.balance.withheld,
            "quarantined": facts.balance.quarantined,
            "unreadable": facts.unreadable,
            "blank_lines": facts.balance.blank_lines,
            "without_subject": facts.balance.without_subject,
            "repeated_subject": facts.balance.repeated_subject,
        },
        "columns": plan.columns.iter().zip(&facts.balance.columns).map(|(column, counts)| {
            json!({"name": column.name, "counts": counts})
        }).collect::<Vec<_>>(),
        "row_risk": facts.row_risk.as_ref().map(|risk| json!({
            "k": risk.k,
            "withheld": risk.withheld,
            "histories_judged": risk.histories,
            "classes": risk.classes,
            "smallest": risk.smallest,
            "small_classes": risk.small,
            "coarser": risk.coarser.as_ref().map(|coarser| {
                let mut answer = coarser_columns(plan, coarser);
                answer["loss_value"] = json!(coarser.loss.1);
                answer["nodes"] = json!(coarser.nodes);
                answer["looked_at"] = json!(coarser.looked_at);
                answer
            }),
        })),
        "tables": tables,
        "protection": facts.protection,
        "ledger": facts.ledger.as_ref().map(|ledger| json!({
            "file": ledger.path.display().to_string(),
            "family": plan.policy.family.as_deref().unwrap_or(&plan.policy.project),
            "ledger_head": ledger.head,
            "weighed_with": ledger.weighed,
            "first_release": ledger.first_release,
        })),
        "house_rules": job.house_rules,
        "approval": facts.approved.public(),
        "approvals": facts.approved.record,
        "check": facts.verdict,
    })
}

/// Bytes kept for the head of the fingerprint file, whose contents are known last.
pub(super) const PRINTS_HEAD: usize = 4096;
const PRINTS_MAGIC: &[u8] = b"offrecord-fingerprints-1\n";

/// An empty head, for as long as the run goes.
pub(super) fn begin_prints(file: &mut impl Write) -> std::io::Result<()> {
    file.write_all(PRINTS_MAGIC)?;
    file.write_all(&[b' '; PRINTS_HEAD - 1])?;
    file.write_all(b"\n")
}

/// Fills the head in and makes the file durable.
pub(super) fn end_prints(
    file: &mut File,
    plan: &Plan,
    key: &Key,
    weak_lengths: &[u64; 4],
) -> std::io::Result<()> {
    let lengths: Vec<usize> = (0..256)
        .filter(|bit| weak_lengths[bit / 64] >> (bit % 64) & 1 == 1)
        .collect();
    let columns: Vec<&str> = plan
        .outputs
        .iter()
        .map(|at| plan.columns[*at].output.as_str())
        .collect();
    let mut head = serde_json::to_vec(&json!({
        "key_id": key.id().to_string(),
        "policy_sha256": hex(&plan.policy.identity),
        "weak_lengths": lengths,
        "own_text": "grouped",
        "columns": columns,
    }))?;
    if head.len() >= PRINTS_HEAD {
        // Names of columns are told for people; lengths are needed.
        head = serde_json::to_vec(&json!({
            "key_id": key.id().to_string(),
            "policy_sha256": hex(&plan.policy.identity),
            "weak_lengths": lengths,
            "own_text": "grouped",
            "columns": [],
        }))?;
    }
    file.seek(SeekFrom::Start(PRINTS_MAGIC.len() as u64))?;
    file.write_all(&head)?;
    file.sync_all()
}
