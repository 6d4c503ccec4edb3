//! The stories, one test each, named by the id of the scenario that it shows.
//!
//! Nodes run in this process with clocks of their own; their directories, keys and registry were
//! made by the real program.

mod accession;
mod aggregates;
mod agreement;
mod bad_input;
mod bodies;
mod capacity;
mod capacity_search;
mod cause;
mod code_lists;
mod consent;
mod contact_points;
mod crash;
mod directive;
mod eligibility;
mod erasure;
mod evaluation;
mod evening;
mod explaining;
mod house_rules;
mod human_receipt;
mod intake;
mod joining;
mod local_tls;
mod long_term;
mod loop_closure;
mod negotiation;
mod notes;
mod observability;
mod offers;
mod offline;
mod others_and_children;
mod partnership;
mod postgres;
mod publication;
mod quotas;
mod referral;
mod register;
mod registry;
mod rights;
mod rotation;
mod schema;
mod scopes;
mod setting;
mod shared_team;
mod shared_unit;
mod stopping;
mod suspension;
mod trust;
mod two_processes;
mod uninvited;
mod units;
mod watching;
mod working_groups;
