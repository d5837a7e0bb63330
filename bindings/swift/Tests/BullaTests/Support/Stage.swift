import Testing

/// How many tests run at once: more would only wait for the servers, which share the machine.
private let width = 4

/// No test takes longer, whatever it waits for.
private let limit = deadline * 2

/// A test takes one place; one that counts what the whole process holds takes them all.
struct Stage: TestTrait, SuiteTrait, TestScoping {
    let places: Int
    let isRecursive = true

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void)
        async throws
    {
        await Places.shared.take(places)
        do {
            try await withoutActuallyEscaping(function) { try await within("the test", limit, $0) }
        } catch {
            await Places.shared.leave(places)
            throw error
        }
        await Places.shared.leave(places)
    }
}

extension Trait where Self == Stage {
    /// Beside a few others.
    static var beside: Stage { Stage(places: 1) }

    /// With no other test at the same time.
    static var alone: Stage { Stage(places: width) }
}

private actor Places {
    static let shared = Places()
    private var free = width
    private var waiting: [(wanted: Int, begin: CheckedContinuation<Void, Never>)] = []

    func take(_ wanted: Int) async {
        if waiting.isEmpty, free >= wanted {
            free -= wanted
        } else {
            await withCheckedContinuation { waiting.append((wanted, $0)) }
        }
    }

    func leave(_ given: Int) {
        free += given
        while let next = waiting.first, free >= next.wanted {
            waiting.removeFirst()
            free -= next.wanted
            next.begin.resume()
        }
    }
}
