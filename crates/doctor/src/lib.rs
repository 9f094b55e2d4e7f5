//! Whether a deployment is what its rules need: from what they need and what was seen of it to
//! findings, each with the commands that mend it.
//!
//! [`look_at`] says what there is to see, [`examine`] what is wrong with it. Nothing here does I/O:
//! who looks gives [`Facts`], in the words of the services' own answers.

mod case;
mod code;
mod command;
mod environment;
mod examine;
mod facts;
mod filter;
mod finding;
mod function;
mod home;
mod ledger;
mod look;
mod lot;
mod mapping;
mod needs;
mod permission;
mod settle;
mod source;
mod table;
mod target;

pub use code::Code;
pub use command::quoted;
pub use examine::examine;
pub use facts::{Bus, Document, Environment, Facts, Function, Mapping, Role, Seen, Table, Unseen};
pub use finding::Finding;
pub use home::region_of;
pub use look::{Look, look_at};
pub use needs::Needs;
pub use settle::settle;
