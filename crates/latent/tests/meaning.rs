//! What is learnt from documents, and what bytes that are not vectors do.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use latent::{Block, Posting, Trainer, Vectors, VectorsError};

const SUBJECTS: u32 = 30;
/// Words of each subject; after those of all subjects come words that are everywhere.
const OF_SUBJECT: u32 = 20;
const TERMS: u32 = 800;
const DOCUMENTS: u32 = 1_500;

/// Numbers that look random and are the same in each run.
fn numbers() -> impl FnMut(u32) -> u32 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move |bound| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 40).unwrap() % bound
    }
}

/// Documents with eight words of one subject and three of any. One in ten has the first word of its subject, and another
/// one in ten its synonym, the second.
fn block() -> Block {
    let mut below = numbers();
    let mut postings = Vec::new();
    for document in 0..DOCUMENTS {
        let subject = OF_SUBJECT * (document % SUBJECTS);
        let mut terms = match document / SUBJECTS % 10 {
            0 => vec![subject],
            1 => vec![subject + 1],
            _ => Vec::new(),
        };
        terms.extend((0..8).map(|_| subject + 2 + below(OF_SUBJECT - 2)));
        let all = SUBJECTS * OF_SUBJECT;
        terms.extend((0..3).map(|_| all + below(TERMS - all)));
        terms.sort_unstable();
        terms.dedup();
        postings.extend(terms.into_iter().map(|term| Posting {
            document,
            term,
            count: 1,
        }));
    }
    Block::new(usize::try_from(DOCUMENTS).unwrap(), &postings)
}

fn trained(seed: u64) -> Vectors<Vec<u8>> {
    let block = block();
    let mut trainer = Trainer::new(vec![1.0; usize::try_from(TERMS).unwrap()], seed);
    for _ in 0..2 {
        trainer.add(&block);
        trainer.end_pass();
    }
    trainer.add(&block);
    let space = trainer.finish().space();
    let points = block
        .rows()
        .zip(100..)
        .map(|(row, id)| (id, space.point(row).unwrap()));
    let words: Vec<String> = (0..TERMS).map(|term| format!("word{term:03}")).collect();
    Vectors::new(&space, &words, points.collect(), 77)
}

#[test]
fn documents_on_one_subject_are_near_each_other_also_without_a_common_word() {
    let vectors = trained(1);
    assert_eq!((vectors.generation(), vectors.documents()), (77, 1_500));
    // Word 0 is in 5 of 50 documents of its subject, and never in one with its synonym, word 1.
    let query = vectors
        .point(&[(vectors.term("word000").unwrap(), 1)])
        .unwrap();
    let nearest = vectors.nearest(&query, 40, |_| true);
    let of_subject = nearest.iter().filter(|(place, _)| place % SUBJECTS == 0);
    assert!(of_subject.count() >= 38, "{nearest:?}");
    let with_synonym = nearest.iter().filter(|(place, _)| place % 300 == 30);
    assert!(with_synonym.count() >= 3, "{nearest:?}");
    assert!(nearest.is_sorted_by(|a, b| a.1 >= b.1));
    assert!(nearest.iter().all(|(place, cosine)| {
        (-1.01..=1.01).contains(cosine) && (vectors.cosine(&query, *place) - cosine).abs() < 1e-6
    }));
    // What is not accepted is not returned.
    let nearest = vectors.nearest(&query, 10, |place| place % 4 == 2);
    assert_eq!(nearest.len(), 10);
    assert!(nearest.iter().all(|(place, _)| place % 4 == 2));
    // A document is nearest to itself.
    let place = vectors.place(142).unwrap();
    let point = vectors.point_at(place).unwrap();
    assert_eq!(vectors.nearest(&point, 1, |_| true)[0].0, place);
    assert!(vectors.cosine(&point, place) > 0.99);
    // Nothing is known of other words and documents.
    assert_eq!(vectors.term("word"), None);
    assert_eq!(vectors.place(99), None);
    assert_eq!(vectors.point(&[]), None);
    assert_eq!(vectors.point(&[(u32::MAX, 1), (0, 0)]), None);
    assert_eq!(vectors.cosine(&point, u32::MAX), 0.0);
    assert_eq!(vectors.words().count(), 800);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_bytes_are_read_as_they_were_written() {
    let bytes = trained(3).into_bytes();
    assert_eq!(bytes, trained(3).into_bytes());
    let read = Vectors::open(bytes.clone()).unwrap();
    assert_eq!(read.generation(), 77);
    assert_eq!(read.term("word007"), Some(7));
    assert_eq!(read.into_bytes(), bytes);
}

#[test]
fn words_and_documents_can_be_left_out() {
    let vectors = trained(1);
    let fewer = vectors.without(|word| word != "word007", |id| id != 142);
    assert_eq!(fewer.words().count(), 799);
    assert_eq!(fewer.documents(), 1_499);
    assert_eq!((fewer.term("word007"), fewer.place(142)), (None, None));
    // All others are as they were.
    let term = |vectors: &Vectors<Vec<u8>>| vectors.term("word300").unwrap();
    let point = |vectors: &Vectors<Vec<u8>>| vectors.point(&[(term(vectors), 2)]).unwrap();
    assert_eq!(point(&vectors), point(&fewer));
    let cosine =
        |vectors: &Vectors<Vec<u8>>| vectors.cosine(&point(vectors), vectors.place(777).unwrap());
    assert!((cosine(&vectors) - cosine(&fewer)).abs() < 1e-6);
    assert_eq!(
        vectors.without(|_| true, |_| true).into_bytes(),
        vectors.into_bytes()
    );
}

#[test]
fn nothing_to_learn_from_gives_nothing() {
    let mut trainer = Trainer::new(Vec::new(), 1);
    trainer.add(&Block::default());
    trainer.end_pass();
    let space = trainer.finish().space();
    let vectors = Vectors::new(&space, &[], Vec::new(), 0);
    assert_eq!(vectors.term(""), None);
    let vectors = Vectors::open(vectors.into_bytes()).unwrap();
    assert_eq!((vectors.documents(), vectors.point_at(0)), (0, None));
    // Words without documents.
    let mut trainer = Trainer::new(vec![1.0; 5], 1);
    trainer.end_pass();
    assert_eq!(trainer.finish().space().point(&[(0, 1)]), None);
}

#[test]
fn bytes_that_were_cut_or_changed_are_refused() {
    let bytes = trained(1).into_bytes();
    for length in [0, 7, 47, 48, 1_000, bytes.len() - 1] {
        let cut = Vectors::open(bytes[..length].to_vec()).map(|_| ());
        assert!(cut.is_err(), "{length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Vectors::open(longer).unwrap_err(), VectorsError::Length);
    for at in (0..bytes.len()).step_by(97).chain(0..32).chain(40..48) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        // Four bytes of the head mean nothing, and the generation is checked by whoever knows it.
        if !(28..40).contains(&at) {
            assert!(Vectors::open(changed).is_err(), "{at}");
        }
    }
    let huge = |offset: usize| {
        let mut bytes = bytes.clone();
        bytes[offset..offset + 4].fill(0xff);
        Vectors::open(bytes).map(|_| ()).unwrap_err()
    };
    assert_eq!(huge(16), VectorsError::Length);
    assert_eq!(huge(24), VectorsError::Length);
}
