#[test]
fn the_small_case_holds_in_every_state() {
    assert!(super::explore(super::worlds(false)));
}
