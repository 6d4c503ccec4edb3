//! Decisions that share a transaction, in rounds: those of a round touch different things and are stored together; one
//! that touches what another of its round does waits for the next, and is decided anew on what it then finds.
//!
//! Each is decided once, and once more where it had to wait, however many want the same bed. Those that touch the same
//! things come in the order in which they were asked for.

use sqlx::AnyConnection;

use crate::decision::{Manner, Waiting};
use crate::dialect::Dialect;
use crate::error::StorageError;
use crate::foresight::{Foreseen, NOTHING, Wanted};
use crate::news::News;
use crate::pending::{Pending, Taken, Touched};
use crate::transaction::Transaction;

/// Runs a group in the transaction that is open and commits it; on an error it is still open.
pub(crate) async fn transact(
    connection: &mut AnyConnection,
    dialect: &'static Dialect,
    group: &mut [Box<dyn Waiting>],
    hope: bool,
) -> Result<News, StorageError> {
    let mut transaction = Transaction::new(connection, dialect);
    // Those that write by themselves come first: nobody has decided yet on what they change.
    for waiting in group.iter_mut().filter(|it| matches!(it.manner(), Manner::Direct)) {
        transaction.direct().await?;
        transaction.decide(waiting, &NOTHING).await?;
    }
    let mut foreseen = Foreseen::look(&mut transaction, Wanted::by(group, hope)).await?;
    let mut news = News::default();
    let deciding = group.iter_mut().filter(|it| !matches!(it.manner(), Manner::Direct));
    let mut round: Vec<_> = deciding.map(|it| (it, Touched::default())).collect();
    loop {
        let mut pending = Pending::default();
        round = decide_round(&mut transaction, round, &foreseen, &mut pending, &mut news).await?;
        pending.flush(&mut transaction).await?;
        if round.is_empty() {
            break;
        }
        transaction.direct().await?;
        foreseen = Foreseen::default();
    }
    transaction.commit().await?;
    Ok(news)
}

/// A decision of a group, and what it touched when it was last decided.
type Member<'g> = (&'g mut Box<dyn Waiting>, Touched);

/// Decides those that touch different things; returns the others. Where nothing is foreseen the first is always decided.
async fn decide_round<'g>(
    transaction: &mut Transaction<'_>,
    round: Vec<Member<'g>>,
    foreseen: &Foreseen,
    pending: &mut Pending,
    news: &mut News,
) -> Result<Vec<Member<'g>>, StorageError> {
    let (mut later, mut before) = (Vec::new(), Taken::default());
    for (waiting, mut touched) in round {
        let comes_after = |touched: &Touched| pending.collides(touched) || before.collides(touched);
        if !comes_after(&touched) {
            let plan = transaction.decide(waiting, foreseen).await?;
            touched = Touched::by(&plan);
            if foreseen.is_proved_by(&plan) && !comes_after(&touched) {
                news.add(&plan.writes);
                pending.add(plan.writes, touched);
                continue;
            }
        }
        before.add(touched.clone());
        later.push((waiting, touched));
    }
    Ok(later)
}
