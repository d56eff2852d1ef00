use super::*;

/// Chains whose keys are digests, with as many entries as their number.
fn chains(count: u64) -> Vec<Head> {
    let mut heads: Vec<_> = (1..=count)
        .map(|number| Head {
            key: sha256(&number.to_be_bytes()).0,
            number,
            last: Commitment([u8::try_from(number % 251).unwrap(); 32]),
        })
        .collect();
    heads.sort_by_key(|head| head.key);
    heads
}

fn of_part(heads: &[Head], part: usize) -> Vec<Head> {
    heads.iter().filter(|head| head.part() == part).copied().collect()
}

fn parts(heads: &[Head]) -> Vec<Node> {
    (0..PARTS).map(|number| part(&of_part(heads, number)).unwrap()).collect()
}

/// The map by its definition: one tree, without parts.
fn whole(heads: &[Head]) -> Node {
    subtree(heads, 0).unwrap()
}

#[test]
fn parts_add_up_to_the_one_tree() {
    for count in [0, 1, 2, 3, 17, 500] {
        let heads = chains(count);
        let root = root(&parts(&heads)).unwrap();
        assert_eq!(root, whole(&heads), "{count} chains");
        assert_eq!((root.sum, root.chains), (count * (count + 1) / 2, count));
    }
}

#[test]
fn every_chain_is_proven_in_its_place_and_nothing_else_is() {
    for count in [1, 2, 40, 9_000] {
        let heads = chains(count);
        let parts = parts(&heads);
        let root = root(&parts).unwrap();
        for head in heads.iter().step_by(if count > 100 { 97 } else { 1 }) {
            let path = path(&parts, &of_part(&heads, head.part()), &head.key).unwrap();
            assert_eq!(leads_to(head, &path), Some((root.hash, root.sum)));
            for other in [
                Head { number: head.number + 1, ..*head },
                Head { last: Commitment([0xee; 32]), ..*head },
                Head { key: sha256(&head.key).0, ..*head },
            ] {
                assert_ne!(leads_to(&other, &path), Some((root.hash, root.sum)));
            }
            for place in 0..path.len() {
                let mut changed = path.clone();
                changed[place].sum ^= 1;
                assert_ne!(leads_to(head, &changed).map(|it| it.0), Some(root.hash));
            }
            assert!(path.is_empty() || leads_to(head, &path[1..]).unwrap().0 != root.hash);
        }
        let stranger = [7; 32];
        let part = Head { key: stranger, ..heads[0] }.part();
        assert!(path(&parts, &of_part(&heads, part), &stranger).is_none());
    }
    // A chain that is alone stands at the root.
    let one = chains(1);
    assert_eq!(path(&parts(&one), &one, &one[0].key), Some(Vec::new()));
    assert!(path(&[], &one, &one[0].key).is_none());
}

/// Who leaves an entry of somebody out has a sum that is not the size of the log, or another root.
#[test]
fn an_entry_that_is_left_out_shows_in_the_sum() {
    let heads = chains(60);
    let told = whole(&heads);
    let mut short = heads.clone();
    short[17].number -= 1;
    let short = whole(&short);
    assert_ne!(short.hash, told.hash);
    assert_eq!(short.sum, told.sum - 1);
    // A chain cannot be there twice.
    let twice = [heads[0], heads[0]];
    assert!(subtree(&twice, 0).is_none());
    let mut most = [heads[0], heads[1]];
    for head in &mut most {
        head.number = u64::MAX;
    }
    assert!(subtree(&most, 0).is_none(), "sums have their bound");
    assert!(leads_to(&heads[0], &[Beside { hash: Hash([1; 32]), sum: u64::MAX }]).is_none());
    assert!(leads_to(&heads[0], &[Beside { hash: Hash([1; 32]), sum: 0 }; 257]).is_none());
}

#[test]
fn what_the_log_says_is_read_back() {
    let said = Said { size: 12, chains: 3, root: Hash([9; 32]) };
    let entry = |purpose: &str, fields| Entry {
        act: Act::Decision,
        link: None,
        at: 1,
        actor: crate::leaf::entry::Actor {
            role: "platform".into(),
            facility: None,
            account: Commitment([0; 32]),
        },
        purpose: purpose.into(),
        fields,
    };
    assert_eq!(Said::of(&entry(PURPOSE, said.fields())), Some(said));
    assert_eq!(Said::of(&entry("account-held", said.fields())), None);
    assert_eq!(Said::of(&entry(PURPOSE, said.fields()[..2].to_vec())), None);
    let access = Entry { act: Act::Access, ..entry(PURPOSE, said.fields()) };
    assert_eq!(Said::of(&access), None, "an access says nothing of the heads");
}
