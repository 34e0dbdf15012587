//! An operator takes in the working-day arrangement of a new year.

use crate::support::command::{command, complained, printed};

const YEAR: &str = "year = 2027\nnotice = \"国办发明电〔2026〕1号\"\n\
                    [holidays]\n2027-01-01 = \"元旦\"\n[makeup_workdays]\n2027-01-09 = \"元旦\"\n";

#[test]
fn an_arrangement_is_taken_in_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    let run = |arguments: &[&str]| command(office, arguments).output().unwrap();
    let unknown = run(&["calendar", "show", "--year", "2027"]);
    assert!(!unknown.status.success());

    std::fs::write(office.join("wrong.toml"), YEAR.replace("2027-01-09", "2027-01-08")).unwrap();
    let refused = run(&["calendar", "import", "wrong.toml"]);
    assert!(!refused.status.success());
    assert!(complained(&refused).contains("2027-01-08"), "{}", complained(&refused));
    assert!(
        !run(&["calendar", "show", "--year", "2027"])
            .status
            .success()
    );

    std::fs::write(office.join("2027.toml"), YEAR).unwrap();
    let done = run(&["calendar", "import", "2027.toml"]);
    assert!(done.status.success(), "{}", complained(&done));
    assert!(printed(&done).contains("已导入2027年的安排："), "{}", printed(&done));
    let shown = run(&["calendar", "show", "--year", "2027"]);
    assert!(printed(&shown).contains("2027-01-09"), "{}", printed(&shown));

    let again = run(&["calendar", "import", "2027.toml"]);
    assert!(printed(&again).contains("与已有的安排相同"), "{}", printed(&again));
    std::fs::write(office.join("2027.toml"), YEAR.replace("1号", "2号")).unwrap();
    let replaced = run(&["calendar", "import", "2027.toml"]);
    assert!(printed(&replaced).contains("替换了已有的安排"), "{}", printed(&replaced));
}
