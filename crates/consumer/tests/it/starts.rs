//! What a function says that cannot start.

use crate::world::{World, invoke, named, record};

const RULES: &str = r#"
param folder: string
route orders = file { path: "${folder}/orders.jsonl" }
rule placed { on INSERT to orders }
"#;

#[tokio::test]
async fn good_rules_start() {
    World::new("good", &[("a.rules", RULES)]).start().await.unwrap();
}

#[tokio::test]
async fn missing_rules_are_looked_for_in_a_place_that_is_named() {
    let help = "rules are taken from `rules.bundle` or the folder `rules` beside the executable, or \
                from where `DISTRIBUTARY_RULES` says";
    assert_eq!(
        World::new("absent", &[]).refusal().await,
        [format!("cannot read `rules`: there is no such file or directory; {help}")]
    );
    let elsewhere = World::new("elsewhere", &[]).with("DISTRIBUTARY_RULES", "/no/rules");
    assert_eq!(
        elsewhere.refusal().await,
        [format!("cannot read `/no/rules`: there is no such file or directory; {help}")]
    );
    let [finding] = &World::new("no-rules", &[("readme.md", "")]).refusal().await[..] else {
        panic!("one finding");
    };
    assert!(finding.starts_with("there are no rules in `rules`"), "{finding}");
}

#[tokio::test]
async fn a_rule_set_that_can_match_nothing_does_not_start() {
    let empty = World::new("empty", &[("a.rules", "// nothing yet\n")]);
    assert_eq!(empty.refusal().await, ["the rule set `rules` has no rules"]);
}

#[tokio::test]
async fn every_finding_names_its_file_and_line() {
    let broken = World::new(
        "broken",
        &[
            ("a.rules", &RULES.replace("to orders", "to oders")),
            ("b.rules", "rule expired {\n  on REMOVE when item.kind = \"Order\" to orders\n}\n"),
        ],
    );
    let findings = broken.refusal().await;
    let [first, second] = &findings[..] else { panic!("{findings:?}") };
    assert!(first.starts_with("rules/a.rules:4:28: error[R2"), "{first}");
    assert!(first.contains("`oders`") && first.contains("`orders`"), "{first}");
    assert!(second.starts_with("rules/b.rules:2:28: error[R1"), "{second}");
}

#[tokio::test]
async fn a_parameter_without_a_value_is_named_with_the_variable_that_sets_it() {
    let unset = World::new("unset", &[("a.rules", &RULES.replace("folder", "place"))]);
    let findings = unset.refusal().await;
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert!(finding.starts_with("rules/a.rules:2:7: error[R"), "{finding}");
    assert!(finding.contains("`place`"), "{finding}");
    assert!(finding.contains("`DISTRIBUTARY_PARAM_PLACE`"), "{finding}");
}

#[tokio::test]
async fn a_stage_gives_parameters_and_an_unknown_one_is_refused() {
    let manifest = "[params.prod]\nplace = \"/tmp\"\n";
    let rules = RULES.replace("folder", "place");
    let world = World::new("stage", &[("rules.toml", manifest), ("a.rules", &rules)]);
    world.with("DISTRIBUTARY_STAGE", "prod").start().await.unwrap();

    let world = World::new("no-stage", &[("rules.toml", manifest), ("a.rules", &rules)]);
    assert_eq!(
        world.with("DISTRIBUTARY_STAGE", "test").refusal().await,
        ["there is no stage `test`: `rules/rules.toml` names `prod`"]
    );
}

#[tokio::test]
async fn a_manifest_that_cannot_be_understood_is_pointed_into() {
    let world = World::new("manifest", &[("rules.toml", "[parms]\n"), ("a.rules", RULES)]);
    let findings = world.refusal().await;
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert!(finding.starts_with("rules/rules.toml:1:2: error[R0"), "{finding}");
}

#[tokio::test]
async fn a_variable_that_sets_no_parameter_is_refused() {
    let misspelt = World::new("misspelt", &[("a.rules", &RULES.replace("folder", "place"))])
        .with("DISTRIBUTARY_PARAM_PLAEC", "/tmp")
        .with("DISTRIBUTARY_PARAM_UNSET", "");
    let findings = misspelt.refusal().await;
    let [first, second] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(
        first,
        "`DISTRIBUTARY_PARAM_PLAEC` sets no parameter of these rules; did you mean \
         `DISTRIBUTARY_PARAM_PLACE`?"
    );
    assert!(second.contains("`place`"), "{second}");
}

#[tokio::test]
async fn one_of_several_functions_needs_what_its_own_sources_need() {
    let rules = r#"
param folder: string
param place: string
source shop { table: "shop" }
source stock { table: "stock" }
route orders = file { path: "${folder}/orders.jsonl" }
route counts = file { path: "${place}/counts.jsonl" }
rule placed { on INSERT from shop to orders }
rule counted { on INSERT from stock to counts }
"#;
    let manifest = "[deploy.shop]\nsources = [\"shop\"]\n[deploy.stock]\nsources = [\"stock\"]\n";
    let world = |test| World::new(test, &[("a.rules", rules), ("rules.toml", manifest)]);
    let shop = world("part").with("DISTRIBUTARY_DEPLOY", "shop");
    let function = shop.start().await.unwrap();
    let answer = invoke(&function, &[record("1", "Order")]).await.unwrap();
    assert_eq!((named(&answer), shop.delivered("orders.jsonl", "rule").len()), (None, 1));

    let [missing] = &world("whole").refusal().await[..] else { panic!("one finding") };
    assert!(missing.contains("`place`"), "{missing}");
    assert_eq!(
        world("no-part").with("DISTRIBUTARY_DEPLOY", "shp").refusal().await,
        ["`DISTRIBUTARY_DEPLOY` is `shp`, and rules.toml has no section `[deploy.shp]`: there is \
          `shop`, `stock`"]
    );
}
