//! What keeps the page small. A view's type holds every element and closure in it, and Leptos compiles building,
//! adopting and changing it anew for each type; asynchronous adoption, which no screen of ours uses, is a third of
//! that code. So a screen is made of few types: [`erase`] ends a view's type at a component's edge, and [`live`] and
//! [`on`] make all closures that answer the same thing one type.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

/// A view whose type ends here.
pub fn erase(view: impl RenderHtml + 'static) -> AnyView {
    Erasing(view).into_any()
}

/// A piece of a screen, or of an element, that follows its signals.
pub fn live<T>(piece: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(piece)
}

/// What happens at an event.
pub fn on<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}

/// One row of a list that keeps its rows: its key, and how it is drawn when it is new.
pub struct Row {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Row {
    /// A row is drawn anew when its key is new: what it shows without signals belongs into the key.
    pub fn new(key: String, draw: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { key, draw: Box::new(draw) }
    }
}

/// A list that moves, adds and takes out rows, and leaves the others alone.
pub fn rows(of: impl Fn() -> Vec<Row> + Send + Sync + 'static) -> AnyView {
    let of: Box<dyn Fn() -> Vec<Row> + Send + Sync> = Box::new(of);
    let key: fn(&Row) -> String = |row| row.key.clone();
    let draw: fn(Row) -> AnyView = |row| (row.draw)();
    erase(view! { <For each=of key children=draw /> })
}

/// Hands everything on, but for asynchronous adoption: that is the synchronous one, as the trait has it where a type
/// says nothing.
struct Erasing<V>(V);

impl<V: RenderHtml + 'static> Render for Erasing<V> {
    type State = V::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<V: RenderHtml + 'static> AddAnyAttr for Erasing<V> {
    type Output<A: Attribute> = <AnyView as AddAnyAttr>::Output<A>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        self.into_any().add_any_attr(attribute)
    }
}

impl<V: RenderHtml + 'static> RenderHtml for Erasing<V> {
    type AsyncOutput = V::AsyncOutput;
    type Owned = Self;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        self.0.resolve()
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        out: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(out, position, escape, mark_branches, extra);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        out: &mut leptos::tachys::ssr::StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(out, position, escape, mark_branches, extra);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}
