//! Every method of the store on both databases, each test in a database of its own.
//!
//! The PostgreSQL half runs where `BRYGGA_TEST_POSTGRES_URL` names a server on which databases
//! may be made, for example `postgres://postgres@127.0.0.1:5432/postgres`.

#![expect(clippy::unwrap_used, reason = "all of this is test code, helpers included")]

mod access;
mod aggregates;
mod agreements;
mod audit;
mod calls;
mod capacity;
mod database;
mod decisions;
mod durability;
mod erase;
mod fixtures;
mod groups;
mod leases;
mod messages;
mod notice_retention;
mod notices;
mod offers;
mod opening;
mod quotas;
mod referrals;
mod register;
mod relay;
mod relocations;
mod replicas;
mod retention;
mod signals;
mod stops;
mod transfers;
mod unmet;
mod vault;

/// Makes a test for each database out of functions of a [`database::Database`].
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let database = crate::database::Database::sqlite().await;
                super::$name(&database).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(database) = crate::database::Database::postgres().await else { return };
                super::$name(&database).await;
                database.remove().await;
            })+
        }
    };
}
pub(crate) use on_both;
