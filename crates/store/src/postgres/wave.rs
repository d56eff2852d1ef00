//! Many items of one kind: cut into waves whose items do not meet, and done side by side.

/// Runs a write for a batch, in one transaction or in steps:
/// `batch!(db, items, key, (steps, wave) => outcomes)`. Two items with the same key are never in
/// the same wave; waves follow one another.
macro_rules! batch {
    ($db:expr, $items:expr, $key:expr, ($steps:ident, $wave:ident) => $outcomes:expr) => {{
        let (db, items) = ($db, $items);
        let waves = $crate::postgres::wave::waves(items, $key);
        match db.topology {
            $crate::postgres::link::Topology::Single => {
                $crate::postgres::link::transaction!(db, tx => {
                    let mut outcomes = Vec::with_capacity(items.len());
                    let $steps = $crate::postgres::link::Steps::Whole(&tx);
                    for range in &waves {
                        let $wave = &items[range.clone()];
                        outcomes.extend($outcomes);
                    }
                    outcomes
                })
            }
            $crate::postgres::link::Topology::Sharded => {
                let mut outcomes = Vec::with_capacity(items.len());
                let $steps = $crate::postgres::link::Steps::Each(db);
                for range in &waves {
                    let $wave = &items[range.clone()];
                    outcomes.extend($outcomes);
                }
                Ok(outcomes)
            }
        }
    }};
}
pub(super) use batch;

/// How many items of a batch are under way at once: more would only wait for one another.
pub(super) const SIDE_BY_SIDE: usize = 64;

/// Does the same for every item, many at once, and gives what each gave, in order:
/// `side_by_side!(items, item => future)`. On one connection they share its round trips.
macro_rules! side_by_side {
    ($items:expr, $item:ident => $future:expr) => {{
        let mut all = Vec::new();
        for $item in $items {
            all.push($future);
        }
        let all = futures_util::stream::iter(all);
        let many = futures_util::StreamExt::buffered(all, $crate::postgres::wave::SIDE_BY_SIDE);
        futures_util::TryStreamExt::try_collect::<Vec<_>>(many).await?
    }};
}
pub(super) use side_by_side;

/// Cuts a batch before each item whose key is in the running part already.
pub(super) fn waves<T, K: Eq + std::hash::Hash>(
    items: &[T],
    key: impl Fn(&T) -> K,
) -> Vec<std::ops::Range<usize>> {
    waves_of(items, |item| [key(item)])
}

/// The same for items with several keys.
pub(super) fn waves_of<T, I: IntoIterator<Item: Eq + std::hash::Hash>>(
    items: &[T],
    keys: impl Fn(&T) -> I,
) -> Vec<std::ops::Range<usize>> {
    let mut waves = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut from = 0;
    for (place, item) in items.iter().enumerate() {
        let keys: Vec<_> = keys(item).into_iter().collect();
        if keys.iter().any(|key| seen.contains(key)) {
            waves.push(from..place);
            seen.clear();
            from = place;
        }
        seen.extend(keys);
    }
    if from < items.len() {
        waves.push(from..items.len());
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_the_same_key_follow_one_another() {
        assert_eq!(waves(&[1, 2, 3], |item| *item).len(), 1);
        assert_eq!(waves(&[1, 2, 1, 1, 3], |item| *item), [0..2, 2..3, 3..5]);
        assert_eq!(waves(&[] as &[i32], |item| *item), []);
    }
}
