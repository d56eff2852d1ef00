//! Group commit: many callers, few commits.

use std::{future::Future, mem};

use tokio::sync::{mpsc, oneshot};

use crate::{StoreError, StoreResult};

/// One queued item and where its answer goes.
type Waiting<T, R> = (T, oneshot::Sender<StoreResult<R>>);

/// Gathers items from many callers into few writes.
///
/// It never waits for company: a batch is whatever arrived while the last one was committing. So
/// an idle system commits at once, and a busy one commits in proportion to its load.
#[derive(Debug)]
pub struct Batcher<T, R> {
    queue: mpsc::Sender<Waiting<T, R>>,
}

impl<T, R> Clone for Batcher<T, R> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<T: Send + Sync + 'static, R: Send + 'static> Batcher<T, R> {
    /// Starts a task that hands items to `write`, at most `max_batch` at a time. It ends when the
    /// last handle is dropped and everything queued is written.
    ///
    /// `write` gives one outcome per item, in order.
    pub fn spawn<W, F>(max_batch: usize, write: W) -> Self
    where
        W: Fn(Vec<T>) -> F + Send + Sync + 'static,
        F: Future<Output = (Vec<T>, StoreResult<Vec<R>>)> + Send,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting<T, R>>(4 * max_batch);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(max_batch);
            while waiting.recv_many(&mut batch, max_batch).await > 0 {
                commit(&write, mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    /// Writes one item. When this returns, it is durable.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then the item is not written, or is and may be written again.
    pub async fn submit(&self, item: T) -> StoreResult<R> {
        let (reply, answer) = oneshot::channel();
        self.queue.send((item, reply)).await.map_err(|_| StoreError::stopped())?;
        answer.await.map_err(|_| StoreError::stopped())?
    }
}

async fn commit<T, R, W, F>(write: &W, batch: Vec<Waiting<T, R>>)
where
    W: Fn(Vec<T>) -> F,
    F: Future<Output = (Vec<T>, StoreResult<Vec<R>>)>,
{
    let (items, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let count = items.len();
    let (items, outcomes) = write(items).await;
    let outcomes: Vec<StoreResult<R>> = match outcomes {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // One bad write must not sink the others.
        Err(StoreError::Broken(_)) if count > 1 => one_by_one(write, items).await,
        Err(error) => (0..count).map(|_| Err(error.clone())).collect(),
    };
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // The caller may have stopped waiting.
        drop(reply.send(outcome));
    }
}

async fn one_by_one<T, R, W, F>(write: &W, items: Vec<T>) -> Vec<StoreResult<R>>
where
    W: Fn(Vec<T>) -> F,
    F: Future<Output = (Vec<T>, StoreResult<Vec<R>>)>,
{
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let (_, outcome) = write(vec![item]).await;
        outcomes.push(outcome.and_then(|mut outcomes| {
            outcomes.pop().ok_or_else(|| StoreError::broken("a write gave no outcome"))
        }));
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn one_bad_item_harms_only_itself() {
        let batcher = Batcher::spawn(16, |items: Vec<i32>| async move {
            let outcomes = if items.contains(&13) {
                Err(StoreError::broken("thirteen"))
            } else {
                Ok(items.iter().map(|item| item * 2).collect())
            };
            (items, outcomes)
        });
        let tasks: Vec<_> = (10..16)
            .map(|item| {
                let batcher = batcher.clone();
                tokio::spawn(async move { (item, batcher.submit(item).await) })
            })
            .collect();
        for task in tasks {
            let (item, outcome) = task.await.unwrap();
            match outcome {
                Ok(doubled) => assert_eq!(doubled, item * 2),
                Err(_) => assert_eq!(item, 13),
            }
        }
    }

    #[tokio::test]
    async fn a_busy_batcher_commits_less_often_than_it_is_asked() {
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&commits);
        let batcher = Batcher::spawn(64, move |items: Vec<usize>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::task::yield_now().await;
                let outcomes = Ok(items.clone());
                (items, outcomes)
            }
        });
        let tasks: Vec<_> = (0..1_000)
            .map(|item| {
                let batcher = batcher.clone();
                tokio::spawn(async move { batcher.submit(item).await.unwrap() })
            })
            .collect();
        for (item, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), item);
        }
        assert!(commits.load(Ordering::Relaxed) < 500);
    }
}
