//! The inquiry itself: everything that is seen, weighed, and what is said of it.

mod evidence;
mod without;

use std::{collections::BTreeMap, fmt::Write};

use scan::extract::Unread;
use serde::{Deserialize, Serialize};

use crate::{
    canaries::Hits,
    columns::{self, ColumnTold},
    copied::{Copied, copied},
    dating::{self, Dating},
    fabrication::{self, Signs},
    hypotheses::{Beside, Case, Posterior},
    marks::{self, Score},
    model::{Origin, Stretch, Uses, chances::Chances},
    number::{ln, real, told},
    observe::{Link, Pattern, Sight, observe},
    paths::{
        self, Trace,
        ranking::{Candidate, ranking},
    },
    register::{Family, NotAsked, Register, Registry, SourceKind, SourceNo},
    specimen::Specimen,
    verdict::{
        Held, Scale, Verdict,
        copied::most_copied,
        decide::{Decision, Grounds, LEFT_TO_CLEAR, decide, excluded},
        rounded,
    },
};

/// What is found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Whose records they are.
    pub verdict: Verdict,
    /// How likely that is; of an undetermined verdict, how likely the likeliest explanation is.
    pub probability: f64,
    /// The same in words.
    pub scale: Scale,
    /// Expected share of each origin, in the order of [`Origin::ALL`].
    pub shares: [f64; 5],
    /// Why no verdict is given, where none is.
    pub held: Vec<Held>,
    /// The smallest share of records from us that can be left out; none if none can.
    pub excluded: Option<f64>,
    /// The way out, where it can be told.
    pub path: Option<Path>,
    /// Accounts and lists that could have produced the records, the likeliest first. It accuses nobody.
    pub ranking: Vec<Candidate>,
    /// Each piece of evidence by itself.
    pub evidence: Vec<Evidence>,
    /// What each stretch of the assumptions makes of it: in words, and how likely the answer stays.
    pub sensitivity: Vec<(String, f64)>,
    /// The same without each piece of evidence, by its name; empty where that was not asked.
    pub without: Vec<(String, f64)>,
    /// What was counted.
    pub counts: Counts,
    /// Why parts of what was shown were not read: each reason once, in words.
    pub not_read: Vec<String>,
    /// When the values were ours.
    pub dating: Option<Dating>,
    /// When the copy was made, by who is in it and who is not.
    pub copied: Option<Copied>,
    /// What is said of the columns.
    pub columns: Vec<ColumnTold>,
    /// Signs of fabrication.
    pub signs: Signs,
    /// The lists of made-up people, where there are any.
    pub registry: Option<Registry>,
}

/// A way out of the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// Whether the evidence is enough to name it; else it is only the likeliest.
    pub named: bool,
    /// What it is: a database, a replica, a backup, an account or a list, as the register names it.
    pub what: String,
    /// Its place among the sources of the register, if it is one.
    pub source: Option<u32>,
    /// How likely it is beside others like it.
    pub probability: f64,
    /// Others that explain as much, within a factor of twenty.
    pub ties: Vec<String>,
    /// How often an innocent one of them all would have as much against it, at most.
    pub false_accusations: f64,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// In ours, feeder, downstream, unrelated and fabricated: how much likelier each makes it than
    /// another system about the same people does, in powers of ten.
    pub weights: [f64; 5],
    /// What was seen.
    pub says: String,
}

/// What was counted. Nobody made up by us is in any of these.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Records shown.
    pub rows: u64,
    /// Parts that were not read.
    pub unread: u64,
    /// Parts with text, and without records of people.
    pub other_parts: u64,
    /// With a mobile or a number of ours.
    pub keyed: u64,
    /// Of those, with somebody under it.
    pub hits: u64,
    /// Compared in full.
    pub compared: u64,
    /// Of those, about somebody of the register.
    pub found: u64,
    /// Of those compared, with something to look them up under.
    pub testable: u64,
    /// People whose records were opened.
    pub opened: u64,
    /// Canaries hit.
    pub canaries: u64,
    /// Share of records that would fit somebody by chance.
    pub chance: f64,
    /// People in the register.
    pub register: u64,
}

/// Inquires. `seen_at` is when the specimen was first seen, in seconds since 1970.
///
/// # Errors
///
/// If the register cannot be asked.
pub fn inquire(
    specimen: &Specimen,
    register: &dyn Register,
    seen_at: i64,
) -> Result<Finding, NotAsked> {
    Ok(Whole::see(specimen, register, seen_at)?.finding(specimen, register))
}

/// The same, and how much hangs on each piece of evidence, which takes twice as long.
///
/// # Errors
///
/// As [`inquire`].
pub fn inquire_in_full(
    specimen: &Specimen,
    register: &dyn Register,
    seen_at: i64,
) -> Result<Finding, NotAsked> {
    let seen = Whole::see(specimen, register, seen_at)?;
    let without = seen.without(register);
    Ok(Finding { without, ..seen.finding(specimen, register) })
}

/// What was seen of each origin, and the likeliest stories: for who looks why a world was told wrongly.
pub(crate) fn explained(
    specimen: &Specimen,
    register: &dyn Register,
    seen_at: i64,
    truly: &[Origin],
) -> Result<String, NotAsked> {
    let whole = Whole::see(specimen, register, seen_at)?;
    let mut patterns: BTreeMap<(Origin, Pattern), u64> = BTreeMap::new();
    for (seen, origin) in whole.sight.seen.iter().zip(truly) {
        *patterns.entry((*origin, seen.pattern)).or_default() += 1;
    }
    let mut patterns: Vec<_> = patterns.into_iter().collect();
    patterns.sort_by_key(|((origin, _), count)| (*origin, std::cmp::Reverse(*count)));
    let mut text = format!(
        "dating {:?}\nchance {} {}\nsigns {:?} {}\nmade-up people {:?}\n",
        whole.dating,
        whole.sight.chance_found,
        whole.sight.chance_named,
        whole.signs,
        whole.signs.weight(),
        whole.hits.families()
    );
    for ((origin, pattern), count) in patterns {
        let Pattern { link, name, rare, year, gender, number, document, dose } = pattern;
        let rare = if rare { "rare" } else { "" };
        let each = format!(
            "{link:?} {name:?} {rare} {year:?} g {gender:?} n {number:?} d {document:?} v {dose:?}"
        );
        let each = each.replace("Some(", "").replace(')', "");
        let _ = writeln!(text, "{count:>5} {} {each}", origin.as_str());
    }
    for (kind, traces) in
        [("feeder", &whole.feeders), ("export", &whole.exports), ("account", &whole.accounts)]
    {
        for trace in traces.iter().take(3) {
            let _ = writeln!(text, "{kind} {trace:?}");
        }
    }
    Ok(text + &whole.case(register).told(4))
}

/// Everything that was seen of a specimen.
struct Whole {
    sight: Sight,
    dating: Option<Dating>,
    copied: Option<Copied>,
    columns: Vec<ColumnTold>,
    signs: Signs,
    hits: Hits,
    feeders: Vec<Trace>,
    exports: Vec<Trace>,
    accounts: Vec<Trace>,
    marks: Vec<Score>,
}

/// Why parts were not read, each reason once.
fn reasons(unread: &[Unread]) -> Vec<String> {
    let each = Unread::ALL.iter().filter(|why| unread.contains(why));
    each.map(|why| why.as_str().to_owned()).collect()
}

fn number_of(register: &dyn Register, kind: SourceKind) -> u64 {
    register.sources().iter().filter(|source| source.kind == kind).count() as u64
}

impl Whole {
    fn see(specimen: &Specimen, register: &dyn Register, seen_at: i64) -> Result<Self, NotAsked> {
        let sight = observe(specimen, register)?;
        let dating = dating::date(&sight.seen, register.now().min(seen_at));
        let columns = columns::told(specimen);
        let signs = fabrication::signs(specimen, register)?;
        let until = dating.as_ref().and_then(|dating| dating.until);
        let traces = |kind, until| paths::traces(&sight.seen, register, kind, until);
        Ok(Self {
            hits: Hits::count(&sight.canaries, register, seen_at),
            feeders: traces(SourceKind::Feeder, None),
            exports: traces(SourceKind::Export, None),
            accounts: traces(SourceKind::Account, Some(until.unwrap_or(seen_at))),
            marks: marks::scores(&sight.seen, register),
            copied: copied(specimen, &sight, register, seen_at)?,
            sight,
            dating,
            columns,
            signs,
        })
    }

    fn finding(self, specimen: &Specimen, register: &dyn Register) -> Finding {
        let case = self.case(register);
        let usual = case.weigh(Stretch::Usual, Uses::ALL, true);
        let stretched: Vec<Posterior> =
            Stretch::ALL[1..].iter().map(|one| case.weigh(*one, Uses::ALL, true)).collect();
        let no_overlap = Uses { membership: false, ..Uses::ALL };
        let without_overlap = case.weigh(Stretch::Usual, no_overlap, true);
        let without_columns = case.weigh(Stretch::Usual, Uses::ALL, false);
        let counts = self.counts(specimen, register);
        let label = usual.best().0;
        // A list that came to us has the spellings that we took from it.
        let by_list = label.has(Origin::Feeder);
        let copied = if by_list { 0.0 } else { most_copied(&self.sight.seen) };
        let decision = decide(&Grounds {
            usual: &usual,
            stretched: &stretched,
            without_overlap: &without_overlap,
            without_columns: &without_columns,
            testable: counts.testable,
            found: counts.found,
            copied,
            unread: counts.unread,
            feeder_named: self.names_a_list(register, SourceKind::Feeder),
            export_named: self.names_a_list(register, SourceKind::Export),
            export_likely: self.is_export_likely(register),
            account_likely: paths::is_likely(
                &self.accounts,
                number_of(register, SourceKind::Account),
            ),
            made_up: self.signs.weight(),
        });
        let sensitivity = Stretch::ALL
            .iter()
            .zip(std::iter::once(&usual).chain(&stretched))
            .map(|(stretch, posterior)| {
                let same = posterior.sum(|other| other.is_from_us() == label.is_from_us());
                (stretch.as_str().to_owned(), rounded(same))
            })
            .collect();
        let path = self.path(&decision, &usual, register);
        let strangers = decision.verdict.is_of_strangers();
        Finding {
            excluded: excluded(&usual, &stretched, copied, LEFT_TO_CLEAR),
            ranking: if strangers { Vec::new() } else { self.ranking(&usual, register) },
            probability: rounded(decision.probability),
            scale: Scale::of(decision.probability),
            shares: usual.shares.map(told),
            path,
            evidence: self.evidence(&case),
            sensitivity,
            counts,
            not_read: reasons(&specimen.unread),
            verdict: decision.verdict,
            held: decision.held,
            dating: self.dating,
            copied: self.copied,
            columns: self.columns,
            signs: self.signs,
            registry: register.registry(),
            without: Vec::new(),
        }
    }

    fn case(&self, register: &dyn Register) -> Case {
        self.case_of(self.beside(register), register)
    }

    fn case_of(&self, beside: Beside<'_>, register: &dyn Register) -> Case {
        let chances = Chances::of(&self.sight, register.people(), register.coverage());
        Case::new(&self.sight, chances, beside, register)
    }

    fn beside(&self, register: &dyn Register) -> Beside<'_> {
        Beside {
            columns: columns::weights(&self.columns),
            fabrication: self.signs.weight(),
            canaries: self.hits.clone(),
            marks: &self.marks,
            feeders: &self.feeders,
            exports: &self.exports,
            accounts: &self.accounts,
            dating: self.dating.as_ref(),
            among: [SourceKind::Account, SourceKind::Feeder, SourceKind::Export]
                .map(|kind| number_of(register, kind)),
        }
    }

    fn counts(&self, specimen: &Specimen, register: &dyn Register) -> Counts {
        let of = |wanted: &[Link]| {
            self.sight.seen.iter().filter(|one| wanted.contains(&one.pattern.link)).count() as u64
        };
        Counts {
            rows: self.sight.rows,
            unread: specimen.unread.len() as u64,
            other_parts: specimen.other_parts as u64,
            keyed: self.sight.keyed,
            hits: self.sight.hits,
            compared: self.sight.seen.len() as u64,
            found: of(&[Link::Found, Link::Named, Link::Lone]),
            testable: of(&[Link::Found, Link::Named, Link::Lone, Link::Strange, Link::Nobody]),
            opened: self.sight.opened,
            canaries: self.hits.families().values().sum(),
            chance: told(self.sight.chance_found),
            register: register.people(),
        }
    }

    /// Whether a list that went out has more of these people than chance has, or than any account has:
    /// too little to name it, and enough that it cannot be left out.
    fn is_export_likely(&self, register: &dyn Register) -> bool {
        let [lists, accounts] =
            [SourceKind::Export, SourceKind::Account].map(|kind| number_of(register, kind));
        let best = paths::best_of(&self.exports, lists);
        let beside = paths::best_of(&self.accounts, accounts).max(ln(20.0));
        paths::is_likely(&self.exports, lists) || best > beside
    }

    /// Whether there is evidence against chance for a list of a kind: by who is in it, by its marks, or
    /// by its canaries.
    fn names_a_list(&self, register: &dyn Register, kind: SourceKind) -> bool {
        self.named_list(register, kind).is_some()
    }

    fn named_list(&self, register: &dyn Register, kind: SourceKind) -> Option<SourceNo> {
        let among = number_of(register, kind);
        let traces = if kind == SourceKind::Feeder { &self.feeders } else { &self.exports };
        if kind == SourceKind::Export {
            if let Some(score) = self.marks.first().filter(|score| score.is_named(among)) {
                return Some(score.source);
            }
            let hit = self.hits.families().iter().find_map(|(family, count)| match family {
                Family::Source(source) if *count > 0 => Some(*source),
                _ => None,
            });
            if hit.is_some() {
                return hit;
            }
        }
        traces.first().filter(|trace| trace.is_named(among)).map(|trace| trace.source)
    }

    /// The way out, once it is decided that there was one.
    fn path(
        &self,
        decision: &Decision,
        usual: &Posterior,
        register: &dyn Register,
    ) -> Option<Path> {
        let origins = match &decision.verdict {
            Verdict::One { origin } => vec![*origin],
            Verdict::Mixture { origins } => origins.clone(),
            Verdict::Undetermined { .. } => return None,
        };
        if origins.contains(&Origin::Downstream) {
            return self.list_path(register, usual, SourceKind::Export);
        }
        if origins.contains(&Origin::Feeder) {
            return self.list_path(register, usual, SourceKind::Feeder);
        }
        if !origins.contains(&Origin::Ours) {
            return None;
        }
        // A made-up person is met under a mobile or a number only.
        let records = usual.shares[Origin::Ours as usize] * real(self.sight.keyed);
        self.stored_path(records, register).or_else(|| self.account_path(register))
    }

    fn list_path(
        &self,
        register: &dyn Register,
        usual: &Posterior,
        kind: SourceKind,
    ) -> Option<Path> {
        let source = self.named_list(register, kind)?;
        let probability = usual.lists.get(&source).copied().unwrap_or(0.0);
        Some(Path {
            named: true,
            what: register.sources()[source.0 as usize].label.clone(),
            source: Some(source.0),
            probability: rounded(probability),
            ties: Vec::new(),
            false_accusations: paths::FALSE_ACCUSATIONS,
        })
    }

    /// The database, its replica or a backup, where their canaries say so.
    fn stored_path(&self, records: f64, register: &dyn Register) -> Option<Path> {
        let paths = self.hits.paths(records);
        let (family, probability) = paths.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let family = family.filter(|family| self.hits.families().contains_key(family))?;
        Some(Path {
            named: probability >= 0.95,
            what: register.path_words(family)?.to_owned(),
            source: None,
            probability: rounded(probability),
            ties: Vec::new(),
            false_accusations: paths::FALSE_ACCUSATIONS,
        })
    }

    fn ranking(&self, usual: &Posterior, register: &dyn Register) -> Vec<Candidate> {
        let likely = |origin: Origin| usual.sum(|label| label.has(origin));
        let kinds = [
            (&self.accounts[..], likely(Origin::Ours)),
            (&self.exports[..], likely(Origin::Downstream)),
            (&self.feeders[..], likely(Origin::Feeder)),
        ];
        ranking(kinds, register)
    }

    fn account_path(&self, register: &dyn Register) -> Option<Path> {
        let first = self.accounts.first()?;
        let label = |trace: &Trace| register.sources()[trace.source.0 as usize].label.clone();
        // Who had all of them open, too, explains as much, had it chosen whom to sell.
        let close = |trace: &&Trace| {
            first.weight - trace.weight < ln(20.0) || trace.through >= first.through
        };
        let ties: Vec<_> = self.accounts[1..].iter().filter(close).map(label).collect();
        let among = number_of(register, SourceKind::Account);
        Some(Path {
            named: first.is_named(among) && ties.is_empty(),
            what: label(first),
            source: Some(first.source.0),
            probability: rounded(paths::lead(&self.accounts)),
            ties,
            false_accusations: paths::FALSE_ACCUSATIONS,
        })
    }
}
