//! The loop of a sweep: threads ask and read, one thread alone writes down what came of it.

mod pace;

use std::{
    collections::{BTreeMap, HashSet},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use store::{
    StoreError,
    exposure::{Class, JobFile, Message, Waiting},
};

use self::pace::Pace;
use super::{
    Ended, Progress, Sweep,
    gate::Gate,
    line::{Lines, Manner, Task},
    rank,
    visit::{Visitor, found},
};
use crate::exposed::Source;

/// What a thread says.
enum Said {
    /// Something to write down.
    Note(Box<Message>),
    /// A task is done.
    Done(Done),
}

/// A task that is done.
struct Done {
    host: i64,
    id: i64,
    class: Class,
    /// Whether it need not be tried again.
    over: bool,
}

/// Threads that ask, at most.
const MOST_THREADS: usize = 64;
/// What is said and not yet written down, in messages.
const WAITING: usize = 8_192;
/// Messages that are written down together, at most.
const BATCH: usize = 8_192;
/// So long is waited for more of them.
const PATIENCE: Duration = Duration::from_millis(100);
/// A host's line is filled up to the second number when it is down to the first.
const LOW: usize = 256;
const HIGH: usize = 2_048;

/// Asks everything that waits, and then reads letters.
pub(super) fn run(
    sweep: &Sweep<'_>,
    job: &mut JobFile,
    watch: &mut dyn FnMut(&Progress),
) -> Result<Ended, StoreError> {
    let gate = Gate::new(&sweep.scope);
    let visitor = Visitor {
        scope: &sweep.scope,
        gate: &gate,
        known: Mutex::new(job.known()?),
        reader: sweep.reader,
        now: sweep.now,
        large: Mutex::new(()),
    };
    let lines = Lines::default();
    thread::scope(|scope| {
        // In here, so that nobody goes on saying what nobody hears if this ends early.
        let (say, said) = sync_channel(WAITING);
        // Whatever happens here, the threads go home.
        let _end = EndOnDrop(&lines);
        let mut ledger = Ledger::new(sweep, job, &lines, watch)?;
        let mut threads = 0;
        loop {
            while threads < ledger.connections.min(MOST_THREADS) {
                let (say, visitor, lines) = (say.clone(), &visitor, &lines);
                scope.spawn(move || ask(visitor, lines, &say));
                threads += 1;
            }
            if !ledger.step(&said)? {
                return ledger.end();
            }
        }
    })
}

struct EndOnDrop<'l>(&'l Lines);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// What each thread does.
fn ask(visitor: &Visitor<'_>, lines: &Lines, say: &SyncSender<Said>) {
    while let Some(task) = lines.take() {
        let waiting = &task.waiting;
        // If nobody listens any more, the lines are about to end.
        let mut over = true;
        let mut tell = |message| {
            if let Message::Visited(visit) = &message {
                over = visit.again_at.is_none();
            }
            drop(say.send(Said::Note(Box::new(message))));
        };
        let courtesy = visitor.visit(&task, &mut tell);
        // Said before the line moves on: who counts what is in hand never sees less than there is.
        let Waiting { host, id, class, .. } = *waiting;
        let told = say.send(Said::Done(Done { host, id, class, over }));
        lines.done(waiting.host, courtesy);
        if told.is_err() {
            return;
        }
    }
}

/// A host, as far as this sweep has come with it.
struct HostState {
    origin: String,
    waiting: i64,
    in_hand: HashSet<i64>,
    /// Of them, those that lead to further addresses.
    leads: usize,
    /// Nothing more is in the file, but for what may have been added since.
    dry: bool,
    pace: Pace,
}

/// Whoever writes down, and hands out what is next.
struct Ledger<'l> {
    sweep: &'l Sweep<'l>,
    job: &'l mut JobFile,
    lines: &'l Lines,
    watch: &'l mut dyn FnMut(&Progress),
    hosts: BTreeMap<i64, HostState>,
    connections: usize,
    progress: Progress,
    ended: Ended,
    looked_at: Instant,
}

impl<'l> Ledger<'l> {
    fn new(
        sweep: &'l Sweep<'l>,
        job: &'l mut JobFile,
        lines: &'l Lines,
        watch: &'l mut dyn FnMut(&Progress),
    ) -> Result<Self, StoreError> {
        let totals = job.totals()?;
        let hosts = job.hosts()?;
        let mut ledger = Self {
            sweep,
            job,
            lines,
            watch,
            hosts: BTreeMap::new(),
            connections: 0,
            progress: Progress { addresses: totals.addresses, ..Progress::default() },
            ended: Ended::default(),
            looked_at: Instant::now(),
        };
        for host in hosts {
            ledger.meet(host.id, &host.origin)?;
            if let Some(state) = ledger.hosts.get_mut(&host.id) {
                state.waiting += host.waiting;
            }
        }
        ledger.fill()?;
        Ok(ledger)
    }

    /// Takes what was said, writes it down, hands out what is next. Says whether there is more.
    fn step(&mut self, said: &Receiver<Said>) -> Result<bool, StoreError> {
        let mut notes = Vec::new();
        let mut done = Vec::new();
        let until = Instant::now() + PATIENCE;
        while notes.len() < BATCH {
            match said.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Said::Note(message)) => notes.push(*message),
                Ok(Said::Done(one)) => done.push(one),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        self.write(notes)?;
        // Only now: what is not written down is still in hand.
        for one in done {
            if let Some(state) = self.hosts.get_mut(&one.host) {
                state.in_hand.remove(&one.id);
                state.waiting -= i64::from(one.over && !self.progress.letters);
                state.pace.tick(Instant::now());
                state.leads = state.leads.saturating_sub(usize::from(one.class < Class::Document));
            }
        }
        self.fill()?;
        self.look();
        let in_hand = self.hosts.values().any(|host| !host.in_hand.is_empty());
        if in_hand || self.is_anybody_due()? {
            return Ok(true);
        }
        Ok(!self.progress.letters && self.begin_letters()?)
    }

    fn write(&mut self, mut notes: Vec<Message>) -> Result<(), StoreError> {
        if self.progress.addresses >= self.sweep.scope.limits.addresses {
            let before = notes.len();
            notes.retain(|note| matches!(note, Message::Visited(_)));
            self.ended.full |= notes.len() < before;
        }
        if notes.is_empty() {
            return Ok(());
        }
        for note in &notes {
            if let Message::Visited(visit) = note {
                let exposes = visit.document.as_ref().is_some_and(|document| document.people > 0);
                self.progress.exposed += u64::from(exposes);
            }
        }
        for tried in self.job.apply(&notes, (self.sweep.now)())? {
            self.meet(tried.host, &tried.origin)?;
            if let Some(state) = self.hosts.get_mut(&tried.host) {
                state.waiting += tried.more;
                state.dry = false;
            }
            self.progress.addresses += tried.more.max(0).unsigned_abs();
        }
        Ok(())
    }

    /// Opens the line of a host that was not met before, and begins with its rules and sitemap.
    fn meet(&mut self, host: i64, origin: &str) -> Result<(), StoreError> {
        if self.hosts.contains_key(&host) {
            return Ok(());
        }
        let state = HostState {
            origin: origin.to_owned(),
            waiting: 0,
            in_hand: HashSet::new(),
            leads: 0,
            dry: false,
            pace: Pace::new(Instant::now()),
        };
        self.hosts.insert(host, state);
        let scope = &self.sweep.scope;
        let url = url::Url::parse(origin).ok();
        let rule =
            url.as_ref().and_then(|url| scope.host(url.host_str()?, url.port_or_known_default()?));
        // Nobody asks a host that the scope does not name any more.
        let manner = rule.map(|rule| Manner { connections: rule.connections, gap: rule.gap(None) });
        self.lines.open(host, manner.unwrap_or(Manner { connections: 1, gap: Duration::ZERO }));
        self.connections += manner.map_or(1, |manner| manner.connections);
        let begin = [("/robots.txt", Class::Robots), ("/sitemap.xml", Class::Sitemap)];
        let begin = begin.into_iter().filter_map(|(path, class)| {
            let address = scope.admit(&format!("{origin}{path}"))?;
            Some(Message::Found(found::found(&address, Source::Seed.bit(), class, 0)))
        });
        let begin: Vec<_> = begin.collect();
        self.write(begin)
    }

    /// Fills the lines of the hosts. Documents wait until all that may lead to further addresses, or
    /// say that a document has not changed, is read.
    fn fill(&mut self) -> Result<(), StoreError> {
        let now = (self.sweep.now)();
        for (id, state) in &mut self.hosts {
            let Some(ready) = self.lines.ready(*id) else {
                // What was in its line is not in hand any more; what is under way will be told.
                continue;
            };
            if state.dry || ready > LOW {
                continue;
            }
            let mut next = self.job.waiting(*id, now, HIGH - ready, &state.in_hand)?;
            state.dry = next.len() < HIGH - ready;
            let leads = next.iter().filter(|one| one.class < Class::Document).count();
            state.leads += leads;
            if state.leads > 0 {
                state.dry &= leads == next.len();
                next.truncate(leads);
            }
            state.in_hand.extend(next.iter().map(|one| one.id));
            if !next.is_empty() {
                self.lines.add(*id, tasks(next, false));
            }
        }
        Ok(())
    }

    /// Whether an address waits that is in nobody's hand: until a time has come, as a rule.
    fn is_anybody_due(&mut self) -> Result<bool, StoreError> {
        if self.progress.letters {
            return Ok(false);
        }
        let away = self.lines.away();
        let mut due = false;
        for host in self.job.hosts()? {
            if away.contains(&host.id) {
                continue;
            }
            if let Some(state) = self.hosts.get_mut(&host.id) {
                state.waiting = host.waiting;
                state.dry = host.waiting == 0;
                due |= host.waiting > 0;
            }
        }
        Ok(due)
    }

    /// After all else, the documents that are pictures, the worst first.
    fn begin_letters(&mut self) -> Result<bool, StoreError> {
        self.progress.letters = true;
        rank::put(self.job)?;
        let away = self.lines.away();
        let mut by_host: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
        for one in self.job.unlettered(self.sweep.scope.limits.pictures)? {
            if !away.contains(&one.host) {
                by_host.entry(one.host).or_default().push(one);
            }
        }
        let any = !by_host.is_empty();
        self.progress.addresses = by_host.values().map(|some| some.len() as u64).sum();
        for (host, some) in by_host {
            if let Some(state) = self.hosts.get_mut(&host) {
                state.in_hand.extend(some.iter().map(|one| one.id));
                state.pace = Pace::new(Instant::now());
                state.dry = true;
            }
            self.lines.add(host, tasks(some, true));
        }
        Ok(any)
    }

    /// Shows how far it is, a few times a second, and drops what hosts that went away had in hand.
    fn look(&mut self) {
        for id in self.lines.away() {
            if let Some(state) = self.hosts.get_mut(&id).filter(|state| !state.in_hand.is_empty()) {
                state.in_hand.clear();
                state.leads = 0;
            }
        }
        let now = Instant::now();
        if now.duration_since(self.looked_at) < PATIENCE {
            return;
        }
        self.looked_at = now;
        let waiting = |state: &HostState| {
            if self.progress.letters {
                return state.in_hand.len() as u64;
            }
            // Those that are in hand wait until it is written down what came of them.
            state.waiting.max(0).unsigned_abs()
        };
        self.progress.waiting = self.hosts.values().map(waiting).sum();
        let left = self.hosts.values().map(|state| state.pace.left(waiting(state), now));
        let left = left.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
        let leads = self.hosts.values().any(|state| state.leads > 0);
        self.progress.left = left.filter(|_| !leads);
        (self.watch)(&self.progress);
    }

    fn end(self) -> Result<Ended, StoreError> {
        rank::put(self.job)?;
        let away = self.lines.away();
        let names = away.iter().filter_map(|id| Some(self.hosts.get(id)?.origin.clone()));
        Ok(Ended { away: names.collect(), ..self.ended })
    }
}

fn tasks(waiting: Vec<Waiting>, letters: bool) -> Vec<Task> {
    waiting.into_iter().map(|waiting| Task { waiting, letters }).collect()
}
