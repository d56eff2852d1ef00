use vault::{PersonId, Safe, Secret};

use super::*;

const NOON: u64 = 20_000 * DAY + 43_200;
const SERVER: u32 = 1_001;

/// A budget, and what has the keys.
struct Play {
    folder: tempfile::TempDir,
    budget: Budget,
    safe: Safe,
}

impl Play {
    fn new(a_day: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let budget = Budget::open(folder.path(), a_day, true, NOON).unwrap();
        let safe = Safe::new(&Secret::new([7; 32]));
        safe.add_kek(1, &safe.folder_key());
        safe.wrap_with(1);
        Self { folder, budget, safe }
    }

    /// The same after a new start.
    fn again(self, a_day: u64, now: u64) -> Self {
        let budget = Budget::open(self.folder.path(), a_day, true, now).unwrap();
        Self { budget, ..self }
    }

    /// As the keyholder answers; gives how many were answered.
    fn ask(&mut self, user: u32, asks: &[Ask], now: u64) -> u64 {
        let may = self.budget.take(user, asks, now).unwrap();
        let no = Told::Refused(vault::Refusal::BudgetSpent);
        let told = asks.iter().zip(&may);
        let told = told.map(|(ask, may)| if *may { self.safe.answer(ask) } else { no.clone() });
        let told: Vec<_> = told.collect();
        self.budget.saw(asks, &told, now);
        may.iter().filter(|may| **may).count() as u64
    }

    /// Tries so many numbers in a row, from one on.
    fn sweep(&mut self, from: u64, count: u64, now: u64) -> u64 {
        let asks: Vec<_> = (from..from + count).map(mobile).collect();
        asks.chunks(512).map(|some| self.ask(SERVER, some, now)).sum()
    }
}

fn mobile(number: u64) -> Ask {
    let text = Secret::new((6_000_000_000 + number).to_string());
    Ask::Index { column: Index::Mobile, text }
}

fn registered(number: u64) -> Ask {
    let mut person = [0; 16];
    person[..8].copy_from_slice(&number.to_be_bytes());
    let (data, rules) = (Secret::new([1; 32]), Secret::new([2; 32]));
    Ask::Wrap { person: PersonId(person), data, rules }
}

#[test]
fn a_server_has_what_it_is_given_for_a_day_whatever_begins_again() {
    let mut play = Play::new(40_000);
    assert_eq!(play.sweep(0, 30_000, NOON), 30_000);
    // Others, and other columns, have their own.
    assert_eq!(play.ask(1_002, &[mobile(1)], NOON), 1);
    let staff = Ask::Index { column: Index::StaffMobile, text: Secret::new("1".into()) };
    assert_eq!(play.ask(SERVER, &[staff], NOON), 1);
    // A new start gives none back; a few that were not given may be lost.
    let mut play = play.again(40_000, NOON + 1);
    let more = play.sweep(30_000, 30_000, NOON + 1);
    assert!((9_950..=10_000).contains(&more), "{more}");
    assert_eq!(play.sweep(90_000, 10, NOON + 2), 0);
    assert!(play.budget.counts().refused >= 20_000 && play.budget.counts().spent == 1_000);
    // Nor does a clock that is set back, before or after it.
    assert_eq!(play.sweep(90_000, 10, NOON - DAY), 0);
    let mut play = play.again(40_000, NOON - DAY);
    assert_eq!(play.sweep(90_000, 10, NOON - DAY), 0);
    // What opens and seals is not counted.
    assert_eq!(play.ask(SERVER, &[registered(1)], NOON), 1);
    // The next day has its own.
    assert_eq!(play.sweep(90_000, 50_000, NOON + DAY), 40_000);
}

/// The twin: without a budget, whoever has a server has every number there is.
#[test]
fn without_a_budget_a_sweep_has_all_that_it_asks_for() {
    let mut play = Play::new(u64::MAX);
    assert_eq!(play.sweep(0, 100_000, NOON), 100_000);
}

#[test]
fn what_cannot_be_written_down_is_not_given() {
    let mut play = Play::new(1_000);
    let gone = play.folder.path().join("gone");
    play.budget.file = gone.join("budget");
    assert!(play.budget.take(SERVER, &[mobile(1)], NOON).is_err());
    fs::create_dir(&gone).unwrap();
    assert_eq!(play.sweep(0, 1_001, NOON), 1_000, "nor counted");
    fs::write(play.folder.path().join("budget"), "1 2 3").unwrap();
    assert!(Budget::open(play.folder.path(), 1_000, true, NOON).is_err());
}

#[test]
fn a_sweep_is_noticed_within_a_minute_and_one_that_is_slow_within_a_day() {
    let mut play = Play::new(A_DAY);
    for number in 0..10 {
        play.sweep(number * 60, 60, NOON + number * 6);
    }
    assert_eq!(play.budget.counts().sweeps, 1, "600 numbers in a minute");
    let mut play = Play::new(A_DAY);
    let start = NOON / DAY * DAY;
    for minute in 0..24 * 60 {
        play.sweep(minute * 28, 28, start + minute * 60);
    }
    // 40,320: 0.001 percent of the four billion that there are.
    assert_eq!(play.budget.counts().sweeps, 1);
}

/// The twin of the alarm: people who come are none, however many.
#[test]
fn people_who_come_are_no_sweep() {
    let mut play = Play::new(A_DAY);
    let mut number = 0;
    for minute in 0..240 {
        for _ in 0..200 {
            number += 1;
            // Asks for a password; seven in ten register somebody then, and come back.
            play.ask(SERVER, &[mobile(number)], NOON + minute * 60);
            if number % 10 < 7 {
                play.ask(SERVER, &[mobile(number), registered(number)], NOON + minute * 60);
            }
            play.ask(SERVER, &[mobile(number / 2)], NOON + minute * 60);
        }
    }
    assert_eq!(play.budget.counts().sweeps, 0);
    // Whoever tries numbers is one.
    play.sweep(1_000_000, 2_000, NOON + 250 * 60);
    assert_eq!(play.budget.counts().sweeps, 1);
}

#[test]
fn who_is_known_is_remembered_in_little_room_and_after_a_new_start() {
    let mut play = Play::new(A_DAY);
    let known: u64 = 300_000;
    for number in (0..known).step_by(100) {
        let asks: Vec<_> =
            (number..number + 100).flat_map(|one| [mobile(one), registered(one)]).collect();
        play.ask(SERVER, &asks, NOON);
    }
    assert_eq!(play.budget.counts().sweeps, 0);
    play.budget.turn(NOON + 1);
    let size = fs::metadata(play.folder.path().join("seen")).unwrap().len();
    assert!(size < 600_000, "{size} bytes");
    let mut play = play.again(A_DAY, NOON + DAY);
    play.sweep(0, 100_000, NOON + DAY);
    assert_eq!(play.budget.counts().sweeps, 0, "they were here before");
    play.sweep(known, 110_000, NOON + DAY + 60);
    assert_eq!(play.budget.counts().sweeps, 2, "and these were not: in a minute, and in a day");
}

#[test]
fn a_keyholder_that_kept_no_account_learns_first() {
    let folder = tempfile::tempdir().unwrap();
    let play = Play::new(A_DAY);
    let budget = Budget::open(folder.path(), A_DAY, false, NOON).unwrap();
    let mut play = Play { folder, budget, ..play };
    play.sweep(0, 1_000, NOON);
    play.budget.turn(NOON);
    let mut play = play.again(A_DAY, NOON + 7 * DAY - 60);
    play.sweep(10_000, 1_000, NOON + 7 * DAY - 60);
    assert_eq!(play.budget.counts().sweeps, 0);
    play.sweep(20_000, 1_000, NOON + 7 * DAY);
    assert_eq!(play.budget.counts().sweeps, 1);
}
