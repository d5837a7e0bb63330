// An agent for `cargo xtask demo`: it reads orders from its input, one JSON object a line, does them one after the other,
// and answers each with one JSON object a line. See `Orders.swift` for what they hold, `Agent.swift` for what it does.

import Foundation

let (lines, feed) = AsyncStream.makeStream(of: String.self)
// Reading blocks, so it has a thread of its own.
Thread.detachNewThread {
    while let line = readLine() { feed.yield(line) }
    feed.finish()
}

let agent = Agent()
for await line in lines where !line.isEmpty {
    var answer = Answer()
    var isLast = false
    do {
        let order = try Order(line)
        answer.id = order.id
        isLast = order.what == "quit"
        answer = try await within(Duration.seconds(60), order.what) { try await agent.obey(order) }
        (answer.id, answer.ok) = (order.id, true)
    } catch {
        (answer.ok, answer.error) = (false, "\(error)")
    }
    FileHandle.standardOutput.write(try answer.line())
    if isLast { break }
}

/// Does `work`, or throws when it is not done in time.
func within<Result: Sendable>(
    _ limit: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: limit)
            throw Trouble("\(what): not in time")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
