//! Runs plans, many at a time, and explains a failure so that it can be repeated.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::coverage::Coverage;
use crate::generator::plan;
use crate::outcome;
use crate::plan::{Op, Plan};
use crate::world::World;

/// Seeds of an ordinary run.
const SEEDS: u64 = 500;
const THREADS: usize = 2;
/// Runs spent on making a failure shorter.
const SHRINK_RUNS: u32 = 600;

/// A plan that failed, and what was violated.
struct Failure {
    plan: Plan,
    violation: String,
}

/// Runs one plan to its healed end.
///
/// # Panics
/// Where anything is violated.
pub(crate) fn run(plan: &Plan) -> Coverage {
    let mut world = World::new(plan);
    plan.ops.iter().for_each(|op| world.execute(op));
    world.heal();
    outcome::check(&mut world);
    world.coverage
}

/// Runs the seeds that the environment asks for; returns what they have covered, none where they are
/// too few to cover everything.
pub(crate) fn run_seeds() -> Option<Coverage> {
    if let Some(seed) = number("BRYGGA_SIM_SEED") {
        explain(run_all(seed..seed + 1).err());
        return None;
    }
    let seeds = number("BRYGGA_SIM_SEEDS").unwrap_or(SEEDS);
    match run_all(0..seeds) {
        Ok(coverage) => (seeds >= SEEDS).then_some(coverage),
        Err(failure) => {
            explain(Some(failure));
            None
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}

fn run_all(seeds: std::ops::Range<u64>) -> Result<Coverage, Failure> {
    let next = AtomicU64::new(seeds.start);
    let outcome = Mutex::new(Ok(Coverage::default()));
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|s| *s < seeds.end)
        {
            let plan = plan(seed);
            let run = attempt(&plan);
            let mut outcome = outcome.lock().expect("nobody panics while holding it");
            match (&mut *outcome, run) {
                (Err(_), _) => return,
                (Ok(coverage), Ok(more)) => coverage.add(more),
                (Ok(_), Err(violation)) => *outcome = Err(Failure { plan, violation }),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    outcome.into_inner().expect("nobody panicked while holding it")
}

fn attempt(plan: &Plan) -> Result<Coverage, String> {
    catch_unwind(AssertUnwindSafe(|| run(plan))).map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Fails the test with the shortest list of operations that still fails.
fn explain(failure: Option<Failure>) {
    let Some(Failure { plan, violation }) = failure else { return };
    let (seed, all) = (plan.seed, plan.ops.len());
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let short = shrink(plan, &violation);
    std::panic::set_hook(quiet);
    let ops: String = short.ops.iter().map(|op| format!("    {op:?},\n")).collect();
    panic!(
        "seed {seed}: {violation}\n\
         {} of {all} operations are enough (seed {seed}, valid_days {}):\n{ops}\
         again with: BRYGGA_SIM_SEED={seed} cargo test -p brygga-exchange --test simulation",
        short.ops.len(),
        short.valid_days,
    );
}

/// Leaves out ever smaller parts as long as the rest still fails in the same way.
fn shrink(mut plan: Plan, violation: &str) -> Plan {
    let is_same = |other: String| other.lines().next() == violation.lines().next();
    let mut runs = 0;
    let mut part = plan.ops.len().div_ceil(2);
    while part > 0 {
        let mut from = 0;
        while from < plan.ops.len() && runs < SHRINK_RUNS {
            let kept = |(index, op): (usize, &Op)| {
                (!(from..from + part).contains(&index)).then(|| op.clone())
            };
            let ops = plan.ops.iter().enumerate().filter_map(kept).collect();
            let shorter = Plan { ops, ..plan.clone() };
            runs += 1;
            if attempt(&shorter).err().is_some_and(is_same) { plan = shorter } else { from += part }
        }
        part /= 2;
    }
    plan
}
