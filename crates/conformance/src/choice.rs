//! What of everything is tested.

use crate::assumption::{Assumption, Test};
use crate::scene::Scene;

/// What is tested, and what is not.
#[derive(Debug)]
pub struct Choice {
    /// Scenes with what is tested of them.
    pub planned: Vec<Planned>,
    /// What is not tested though nobody left it out, and what it would take.
    pub skipped: Vec<(&'static Assumption, &'static str)>,
}

/// A scene, and which of its assumptions are tested.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The scene.
    pub scene: &'static Scene,
    /// What of it is tested.
    pub assumptions: Vec<&'static Assumption>,
}

/// The assumptions with these ids, or with any. `package` says whether the zip of the function is
/// given.
#[must_use]
pub fn choose(scenes: &[&'static Scene], only: &[String], package: bool) -> Choice {
    let mut choice = Choice { planned: Vec::new(), skipped: Vec::new() };
    for scene in scenes {
        let mut assumptions = Vec::new();
        for assumption in scene.assumptions {
            let is_named = only.iter().any(|id| id == assumption.id);
            if !only.is_empty() && !is_named {
                continue;
            }
            match assumption.test {
                Test::WithPackage(_) if !package => {
                    choice
                        .skipped
                        .push((assumption, "give the function's zip with `--package ZIP`"));
                }
                Test::Named(_) if !is_named => {
                    choice.skipped.push((assumption, "ask for it with `--only`, it may take days"));
                }
                _ => assumptions.push(assumption),
            }
        }
        if !assumptions.is_empty() {
            choice.planned.push(Planned { scene, assumptions });
        }
    }
    choice
}
