//! A number or another expression for each expression, looked up by its place in the store.

use super::ExprId;

/// What is known of expressions, by their numbers: a lookup is one read, where a hash map looks in several places.
#[derive(Clone, Debug)]
pub struct Table<T> {
    places: Vec<Option<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { places: Vec::new() }
    }
}

impl<T: Copy> Table<T> {
    /// What is known of an expression.
    #[must_use]
    pub fn get(&self, id: ExprId) -> Option<T> {
        self.places.get(id.index()).copied().flatten()
    }

    /// Records what is known of an expression.
    pub fn insert(&mut self, id: ExprId, value: T) {
        if id.index() >= self.places.len() {
            self.places.resize(id.index() + 1, None);
        }
        self.places[id.index()] = Some(value);
    }
}
