import Bulla
import Testing

/// How a batch of changes applies to rows.
@Suite
struct ChangesTest {
    @Test func changesApplyInOrder() {
        var shown = TimelineRows()
        shown.apply([.reset(items: ["a", "b", "c"].map(row))])
        let before = shown
        shown.apply([
            .remove(index: 0), .insert(index: 2, item: row("d")), .insert(index: 0, item: row("e")),
            .set(index: 1, item: row("B")),
        ])
        #expect(shown.rows.map(\.id) == ["e", "B", "c", "d"])
        #expect(before.rows.map(\.id) == ["a", "b", "c"], "the list before stays")
        shown.apply([.reset(items: [row("x")]), .insert(index: 1, item: row("y"))])
        #expect(shown.rows.map(\.id) == ["x", "y"])
    }

    @Test func whatIsOutOfRangeIsIgnored() {
        var shown = TimelineRows()
        shown.apply([.reset(items: [row("a")])])
        shown.apply([
            .remove(index: 1), .set(index: 1, item: row("b")), .insert(index: 2, item: row("c")), .remove(index: .max),
        ])
        #expect(shown.rows.map(\.id) == ["a"])
        shown.apply([.remove(index: 0), .remove(index: 0)])
        #expect(shown.rows.isEmpty)
    }

    @Test func whatIsNotARowIsKeptBesideThem() {
        var (shown, list) = (TimelineRows(), RoomRows())
        shown.apply([.reset(items: [row("a")]), .typing(users: ["@a:example.org"])])
        #expect(shown.typing == ["@a:example.org"] && shown.rows.count == 1)
        list.apply([.reset(items: [], total: 2), .total(total: 3)])
        #expect(list.total == 3 && list.rows.isEmpty)
    }

    private func row(_ id: ItemId) -> TimelineItem { TimelineItem(id: id, content: .start) }
}
