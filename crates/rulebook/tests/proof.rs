//! What is promised to residents is proven of the policy, for every request that can be made, by a
//! solver of others: nothing opens that the promises do not let through. And no clause is there for
//! nothing: without any of them a request is found that breaks a promise.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::path::Path;

use cedar_policy::{Authorizer, Decision, Policy, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet, solver::LocalSolver};
use serde_json::{Value, json};
use tokio::process::Command;

const SCHEMA: &str = include_str!("../../app/policy/openings.cedarschema");
const POLICY: &str = include_str!("../../app/policy/openings.cedar");
const PROMISES: &str = include_str!("../../app/policy/promises.cedar");

type Compiler = CedarSymCompiler<LocalSolver>;

/// The solver; none if there is no Python for it.
fn solver() -> Option<Compiler> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/policy");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cvc5");
    let python = outsiders::python(&sources, &folder)?;
    let solver = LocalSolver::from_command(Command::new(python).arg(sources.join("solver.py")));
    Some(CedarSymCompiler::new(solver.unwrap()).unwrap())
}

fn schema() -> Schema {
    Schema::from_cedarschema_str(SCHEMA).unwrap().0
}

/// A request of this kind that the policy allows and the promises do not, if there is one. None, too,
/// if the policy does not fit the kind: such a text is refused before it decides anything.
async fn broken(
    compiler: &mut Compiler,
    policies: &PolicySet,
    kind: &RequestEnv,
    schema: &Schema,
) -> Found {
    let Ok(ours) = CompiledPolicySet::compile(policies, kind, schema) else {
        return Found::Refused;
    };
    let promises = PROMISES.parse().unwrap();
    let promised = CompiledPolicySet::compile(&promises, kind, schema).unwrap();
    let example = compiler.check_implies_with_counterexample_opt(&ours, &promised).await.unwrap();
    let Some(example) = example else { return Found::Kept };
    // The solver's word is not taken for it: the request is decided by both.
    let decide = |set: &PolicySet| {
        Authorizer::new().is_authorized(&example.request, set, &example.entities).decision()
    };
    assert_eq!((decide(policies), decide(&promises)), (Decision::Allow, Decision::Deny));
    Found::Broken
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// No request breaks a promise.
    Kept,
    /// The text is not one of the schema.
    Refused,
    /// A request breaks a promise.
    Broken,
}

/// The worst of all kinds of request, of one sort of actor if only that one is concerned.
async fn worst(compiler: &mut Compiler, weak: &Weakened, schema: &Schema) -> Found {
    let (policies, mut worst) = (&weak.policies, Found::Kept);
    let concerned = |kind: &RequestEnv| {
        weak.actor.as_ref().is_none_or(|actor| kind.principal().to_string() == *actor)
    };
    for kind in schema.request_envs().filter(concerned) {
        worst = worst.max(broken(compiler, policies, &kind, schema).await);
        if worst == Found::Broken {
            break;
        }
    }
    worst
}

#[tokio::test]
async fn nothing_opens_that_is_not_promised() {
    let Some(mut compiler) = solver() else { return };
    let schema = schema();
    let policies: PolicySet = POLICY.parse().unwrap();
    let kinds: Vec<_> = schema.request_envs().collect();
    assert_eq!(kinds.len(), 5 * schema.actions().count(), "five kinds of actors");
    for kind in kinds {
        let found = broken(&mut compiler, &policies, &kind, &schema).await;
        assert_eq!(found, Found::Kept, "{:?} {:?}", kind.principal(), kind.action());
    }
}

/// The policy without something of one of its rules.
fn without(policies: &PolicySet, changed: &Policy, json: Value) -> PolicySet {
    let mut others = PolicySet::new();
    for policy in policies.policies().filter(|policy| policy.id() != changed.id()) {
        others.add(policy.clone()).unwrap();
    }
    others.add(Policy::from_json(Some(changed.id().clone()), json).unwrap()).unwrap();
    others
}

/// The policy without a clause.
struct Weakened {
    clause: String,
    policies: PolicySet,
    /// Whom the rule is about, if it still is about them only.
    actor: Option<String>,
}

/// Each rule without each of its clauses: its conditions one by one, whose act it is of, and which act
/// it is.
fn weakened(policies: &PolicySet) -> Vec<Weakened> {
    let mut all = Vec::new();
    for policy in policies.policies() {
        let json = policy.to_json().unwrap();
        let name = policy.annotation("id").unwrap().to_owned();
        let actor = json["principal"]["entity_type"].as_str().map(str::to_owned);
        for place in 0..json["conditions"].as_array().unwrap().len() {
            let mut less = json.clone();
            less["conditions"].as_array_mut().unwrap().remove(place);
            let clause = format!("{name}: condition {place}");
            let policies = without(policies, policy, less);
            all.push(Weakened { clause, policies, actor: actor.clone() });
        }
        for part in ["principal", "action"] {
            let mut less = json.clone();
            less[part] = json!({ "op": "All" });
            let clause = format!("{name}: {part}");
            let policies = without(policies, policy, less);
            let actor = actor.clone().filter(|_| part != "principal");
            all.push(Weakened { clause, policies, actor });
        }
    }
    all
}

#[tokio::test]
async fn without_any_clause_a_promise_is_broken() {
    let Some(mut compiler) = solver() else { return };
    let (schema, policies) = (schema(), POLICY.parse().unwrap());
    let all = weakened(&policies);
    let (mut broken, mut refused) = (0, Vec::new());
    for weak in &all {
        let clause = &weak.clause;
        match worst(&mut compiler, weak, &schema).await {
            Found::Kept => panic!("{clause}: it is there for nothing, or no promise needs it"),
            Found::Broken => broken += 1,
            Found::Refused => refused.push(clause),
        }
    }
    // Whoever leaves out that something was shown reads what may not be there: that is no policy.
    assert!(all.len() >= 30, "{}", all.len());
    assert!(broken >= 22, "{broken} of {}; refused: {refused:?}", all.len());
}
