/// Lets one piece of work after another run, each to its end: whoever asked for it may go away.
@MainActor
final class Turns {
    private var last: Task<Void, Never>?

    func take(_ work: @escaping @MainActor () async -> Void) async {
        let before = last
        let mine = Task {
            await before?.value
            await work()
        }
        last = mine
        await mine.value
    }
}
