//! The tree against the recursive definition of RFC 6962, exhaustively for small sizes.

use proptest::prelude::*;

use super::*;

const SIZES: u64 = 70;

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|index| sha256(&[&[0], &index.to_be_bytes()])).collect()
}

/// MTH of RFC 6962, section 2.1, word for word.
fn naive_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            node(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
        }
    }
}

fn naive_ranges(leaves: &[Digest]) -> impl Fn(Range<u64>) -> Digest {
    |range| naive_root(&leaves[range.start as usize..range.end as usize])
}

fn naive_head(leaves: &[Digest], size: u64) -> TreeHead {
    TreeHead { size, root: naive_root(&leaves[..size as usize]) }
}

/// Each proof with one hash changed, dropped, doubled or two swapped.
fn damaged(proof: &[Digest]) -> Vec<Vec<Digest>> {
    let mut all = vec![[proof, &[sha256(&[b"extra"])]].concat()];
    for index in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[index] = sha256(&[b"other"]);
        let mut shorter = proof.to_vec();
        shorter.remove(index);
        let mut doubled = proof.to_vec();
        doubled.insert(index, proof[index]);
        let mut swapped = proof.to_vec();
        swapped.swap(0, index);
        all.extend([changed, shorter, doubled]);
        if index > 0 {
            all.push(swapped);
        }
    }
    all
}

#[test]
fn empty_tree_has_the_root_of_rfc_6962() {
    let root = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Frontier::default().root().to_string(), root);
}

#[test]
fn root_of_the_published_test_tree_is_reproduced() {
    // The eight inputs and the root that the Certificate Transparency code tests with.
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves: Vec<Digest> = inputs.iter().map(|input| sha256(&[&[0], input])).collect();
    let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
    assert_eq!(root_of(&leaves).to_string(), root);
}

#[test]
fn frontier_agrees_with_the_definition_at_every_size() {
    let leaves = leaves(SIZES);
    let mut frontier = Frontier::default();
    for size in 0..SIZES {
        assert_eq!(frontier.head(), naive_head(&leaves, size));
        frontier.push(leaves[size as usize]);
    }
}

#[test]
fn stored_frontier_goes_on_where_it_stopped() {
    let leaves = leaves(SIZES);
    let mut frontier = Frontier::default();
    for leaf in &leaves {
        frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        frontier.push(*leaf);
    }
    assert_eq!(frontier.root(), naive_root(&leaves));
}

#[test]
fn bytes_that_are_no_frontier_are_refused() {
    let mut frontier = Frontier::default();
    for leaf in leaves(5) {
        frontier.push(leaf);
    }
    let bytes = frontier.to_bytes();
    let other_size = [&6_u64.to_be_bytes(), &bytes[8..40]].concat();
    for wrong in [&bytes[..0], &bytes[..7], &bytes[..71], &bytes[..40], &other_size[..]] {
        assert_eq!(Frontier::from_bytes(wrong), Err(FrontierError));
    }
}

#[test]
fn every_inclusion_proof_holds_for_its_leaf_and_no_other() {
    let leaves = leaves(SIZES);
    let ranges = naive_ranges(&leaves);
    for size in 1..=SIZES {
        let head = naive_head(&leaves, size);
        for index in 0..size {
            let proof = inclusion_proof(index, size, &ranges).unwrap();
            for (other, leaf) in leaves.iter().enumerate().take(size as usize) {
                let holds = verify_inclusion(leaf, index, &head, &proof).is_ok();
                assert_eq!(holds, other as u64 == index, "leaf {other} as {index} of {size}");
            }
        }
        assert_eq!(inclusion_proof(size, size, &ranges), None);
    }
}

#[test]
fn damaged_inclusion_proof_is_refused() {
    let leaves = leaves(SIZES);
    let ranges = naive_ranges(&leaves);
    for size in 1..=SIZES {
        let head = naive_head(&leaves, size);
        let index = size / 3;
        let leaf = &leaves[index as usize];
        let proof = inclusion_proof(index, size, &ranges).unwrap();
        for wrong in damaged(&proof) {
            assert_eq!(verify_inclusion(leaf, index, &head, &wrong), Err(ProofError));
        }
        let beyond = index + size;
        assert_eq!(verify_inclusion(leaf, beyond, &head, &proof), Err(ProofError));
    }
}

#[test]
fn every_consistency_proof_holds_for_its_heads_only() {
    let leaves = leaves(SIZES);
    let ranges = naive_ranges(&leaves);
    for later in 0..=SIZES {
        for earlier in 0..=later {
            let (old, new) = (naive_head(&leaves, earlier), naive_head(&leaves, later));
            let proof = consistency_proof(earlier, later, &ranges).unwrap();
            assert_eq!(verify_consistency(&old, &new, &proof), Ok(()), "{earlier} {later}");

            let forged = TreeHead { root: sha256(&[b"forged"]), ..old };
            assert_eq!(verify_consistency(&forged, &new, &proof), Err(ProofError));
            if earlier > 0 {
                let forged = TreeHead { root: sha256(&[b"forged"]), ..new };
                assert_eq!(verify_consistency(&old, &forged, &proof), Err(ProofError));
            }
            if earlier < later {
                assert_eq!(verify_consistency(&new, &old, &proof), Err(ProofError));
                assert_eq!(consistency_proof(later, earlier, &ranges), None);
            }
        }
    }
}

#[test]
fn damaged_consistency_proof_is_refused() {
    let leaves = leaves(SIZES);
    let ranges = naive_ranges(&leaves);
    for later in 2..=SIZES {
        for earlier in [1, later / 2, later - 1] {
            let (old, new) = (naive_head(&leaves, earlier), naive_head(&leaves, later));
            for wrong in damaged(&consistency_proof(earlier, later, &ranges).unwrap()) {
                assert_eq!(verify_consistency(&old, &new, &wrong), Err(ProofError));
            }
        }
    }
}

#[test]
fn rewritten_tree_has_no_consistency_proof() {
    let honest = leaves(40);
    let mut rewritten = honest.clone();
    rewritten[3] = sha256(&[b"rewritten"]);
    let proof = consistency_proof(20, 40, &naive_ranges(&rewritten)).unwrap();
    let (old, new) = (naive_head(&honest, 20), naive_head(&rewritten, 40));
    assert_eq!(verify_consistency(&old, &new, &proof), Err(ProofError));
}

#[test]
fn proof_too_short_for_the_size_is_refused_even_where_hashes_agree() {
    let leaf = sha256(&[b"leaf"]);
    let (one, two) = (TreeHead { size: 1, root: leaf }, TreeHead { size: 2, root: leaf });
    assert_eq!(verify_inclusion(&leaf, 0, &one, &[]), Ok(()));
    assert_eq!(verify_inclusion(&leaf, 0, &two, &[]), Err(ProofError));
    assert_eq!(verify_consistency(&one, &two, &[]), Err(ProofError));
}

#[test]
fn largest_sizes_do_not_overflow() {
    let hash = sha256(&[b"x"]);
    let proof = inclusion_proof(u64::MAX - 1, u64::MAX, &|_| hash).unwrap();
    let head = TreeHead { size: u64::MAX, root: hash };
    assert_eq!(verify_inclusion(&hash, u64::MAX - 1, &head, &proof), Err(ProofError));
    assert_eq!(verify_inclusion(&hash, 0, &head, &vec![hash; 200]), Err(ProofError));
    for size in [1, u64::MAX - 1, 1 << 63] {
        let earlier = TreeHead { size, root: hash };
        assert_eq!(verify_consistency(&earlier, &head, &vec![hash; 200]), Err(ProofError));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn larger_trees_agree_with_the_definition(size in 71_u64..600, a in any::<u64>(), b in any::<u64>()) {
        let leaves = leaves(size);
        let ranges = naive_ranges(&leaves);
        let head = naive_head(&leaves, size);
        prop_assert_eq!(root_of(&leaves), head.root);

        let index = a % size;
        let proof = inclusion_proof(index, size, &ranges).unwrap();
        let leaf = &leaves[index as usize];
        prop_assert_eq!(verify_inclusion(leaf, index, &head, &proof), Ok(()));

        let earlier = naive_head(&leaves, b % size);
        let proof = consistency_proof(earlier.size, size, &ranges).unwrap();
        prop_assert_eq!(verify_consistency(&earlier, &head, &proof), Ok(()));
    }
}
