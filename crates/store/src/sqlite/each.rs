//! Many items in one write or on one view.

use rusqlite::Connection;

/// Collects one outcome per item.
pub(super) fn each<T, R>(
    items: &[T],
    one: impl FnMut(&T) -> rusqlite::Result<R>,
) -> rusqlite::Result<Vec<R>> {
    items.iter().map(one).collect()
}

/// Reads something for each item, all on one snapshot. After every commit of the writer a reader
/// forgets its pages, so many who ask together read far fewer of them.
pub(super) fn on_one_snapshot<T, R>(
    connection: &Connection,
    items: &[T],
    one: impl FnMut(&T) -> rusqlite::Result<R>,
) -> rusqlite::Result<Vec<R>> {
    let snapshot = connection.unchecked_transaction()?;
    let all = each(items, one)?;
    snapshot.commit()?;
    Ok(all)
}
