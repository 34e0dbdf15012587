//! Tables with merged cells: the same model is printed, written and shown.

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// What it is called, for those who cannot see it.
    pub caption: String,
    /// How wide the columns are, as parts of their sum.
    pub widths: Vec<u16>,
    /// How many rows are headings, which every page repeats.
    pub head: usize,
    /// The cells that begin on each row, from left to right.
    pub rows: Vec<Vec<GridCell>>,
}

/// A cell, which may reach over several rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    /// What stands in it.
    pub text: String,
    /// How many rows it covers.
    pub rows: usize,
    /// How many columns it covers.
    pub columns: usize,
    /// What it is.
    pub kind: CellKind,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A heading of columns, centred.
    Head,
    /// A heading of rows, from the left edge.
    Label,
    /// A heading of several rows, centred.
    Group,
    /// A number, centred.
    Number,
}

/// A cell at its place.
#[derive(Debug, Clone, Copy)]
pub(in crate::documents) struct Placed<'a> {
    pub(in crate::documents) row: usize,
    pub(in crate::documents) column: usize,
    pub(in crate::documents) cell: &'a GridCell,
}

impl GridCell {
    /// A cell of one row and one column.
    pub fn new(kind: CellKind, text: impl Into<String>) -> Self {
        Self { text: text.into(), rows: 1, columns: 1, kind }
    }

    /// The same cell over several rows and columns.
    #[must_use]
    pub fn over(self, rows: usize, columns: usize) -> Self {
        Self { rows, columns, ..self }
    }
}

impl Grid {
    /// Every cell with the row and the column that it begins at, row by row.
    pub(in crate::documents) fn placed(&self) -> Vec<Placed<'_>> {
        // For each column, the first row that no cell from above covers.
        let mut free = vec![0; self.widths.len()];
        let mut placed = Vec::new();
        for (row, cells) in self.rows.iter().enumerate() {
            let mut column = 0;
            for cell in cells {
                while free.get(column).is_some_and(|first| *first > row) {
                    column += 1;
                }
                for covered in free.iter_mut().skip(column).take(cell.columns) {
                    *covered = row + cell.rows;
                }
                placed.push(Placed { row, column, cell });
                column += cell.columns;
            }
        }
        placed
    }

    /// The texts of all cells.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flatten().map(|cell| cell.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_beside_those_that_reach_down() {
        let cell = |text: &str| GridCell::new(CellKind::Head, text);
        let grid = Grid {
            caption: String::new(),
            widths: vec![1, 1, 1],
            head: 2,
            rows: vec![
                vec![cell("甲").over(2, 1), cell("乙").over(1, 2)],
                vec![cell("丙"), cell("丁")],
                vec![cell("戊"), cell("己"), cell("庚")],
            ],
        };
        let places: Vec<(&str, usize, usize)> = grid
            .placed()
            .iter()
            .map(|placed| (placed.cell.text.as_str(), placed.row, placed.column))
            .collect();
        assert_eq!(
            places,
            [
                ("甲", 0, 0),
                ("乙", 0, 1),
                ("丙", 1, 1),
                ("丁", 1, 2),
                ("戊", 2, 0),
                ("己", 2, 1),
                ("庚", 2, 2)
            ]
        );
    }
}
