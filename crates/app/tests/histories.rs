//! Short histories of clients who book and cancel on one small session, and who try one-time
//! passwords, all at once: some order of the calls must explain every answer. With an answer
//! planted that is stale or given twice, none may.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "histories/code.rs"]
mod code;
#[path = "histories/seats.rs"]
mod seats;

use app::settings::Settings;
use testkit::world::{Engine, World};

/// How many histories a test plays.
fn histories(least: u64) -> u64 {
    std::env::var("TEEKA_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(least)
}

async fn world(engine: Engine) -> Option<World> {
    World::on(engine, 5, Settings { limits: None, ..Settings::default() }).await
}

/// How many histories one world sees, so that it does not grow for ever.
const IN_ONE_WORLD: u64 = 1_000;

/// What became of a history.
struct Played {
    /// Whether some order of the calls explains every answer.
    explained: bool,
    calls: usize,
    /// Calls that were told to ask again: they may have gone through or not.
    unanswered: usize,
}

/// What became of many.
#[derive(Debug, Default)]
struct Sum {
    histories: u64,
    calls: usize,
    unanswered: usize,
}

impl Sum {
    fn add(&mut self, played: &Played) {
        assert!(played.explained, "history {}", self.histories);
        self.histories += 1;
        self.calls += played.calls;
        self.unanswered += played.unanswered;
    }

    #[expect(clippy::print_stdout, reason = "the figures of a long campaign are its result")]
    fn say(&self, engine: Engine) {
        println!("{engine:?}: {self:?}, each explained");
        // Whatever is not answered is explained by anything.
        assert!(self.calls > 5 * self.unanswered, "{self:?}");
    }
}

async fn seats_are_explained(engine: Engine, most: u64) {
    let mut sum = Sum::default();
    while sum.histories < most {
        let Some(world) = world(engine).await else { return };
        for number in 0..IN_ONE_WORLD.min(most - sum.histories) {
            sum.add(&seats::play(&world, engine, number, seats::Fault::None).await);
        }
        world.platform.store().close().await;
    }
    sum.say(engine);
}

async fn codes_are_explained(engine: Engine, most: u64) {
    let mut sum = Sum::default();
    while sum.histories < most {
        let Some(world) = world(engine).await else { return };
        for number in 0..IN_ONE_WORLD.min(most - sum.histories) {
            sum.add(&code::play(&world, number, code::Fault::None).await);
        }
        world.platform.store().close().await;
    }
    sum.say(engine);
}

/// Plays with each planted fault until it shows, which must be soon.
async fn planted_answers_are_found(engine: Engine) {
    const SOON: u64 = 40;
    let Some(world) = world(engine).await else { return };
    let mut number = 0;
    for fault in seats::Fault::PLANTED {
        let last = number + SOON;
        while seats::play(&world, engine, number, fault).await.explained {
            number += 1;
            assert!(number < last, "{fault:?} in no history");
        }
        number += 1;
    }
    for fault in code::Fault::PLANTED {
        let last = number + SOON;
        while code::play(&world, number, fault).await.explained {
            number += 1;
            assert!(number < last, "{fault:?} in no history");
        }
        number += 1;
    }
}

macro_rules! on_each_engine {
    ($($name:ident: $engine:ident, $least:literal;)+) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn some_order_explains_who_has_a_seat() {
                seats_are_explained(Engine::$engine, histories($least)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn some_order_explains_who_was_let_in() {
                codes_are_explained(Engine::$engine, histories($least)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_planted_answer_is_found() {
                planted_answers_are_found(Engine::$engine).await;
            }
        }
    )+ };
}

on_each_engine! {
    inside_the_program: Embedded, 150;
    on_one_server: Postgres, 50;
    in_steps: Sharded, 50;
}
