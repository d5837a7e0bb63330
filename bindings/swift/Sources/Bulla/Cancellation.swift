import BullaFFI
import Foundation

// Cancelling a task ends the call that it waits for, as cancelling a coroutine does in Kotlin: a query is aborted, a
// command is finished without its caller.
//
// uniffi 0.32.2 does not do that for Swift: what it generates calls `uniffiRustCallAsync`, a private function of the
// generated file, which does not look at the task (uniffi issue #2771). Inside a class, a name is looked up among the
// members before the file: so the method below, of the same name and parameters, is what the generated methods of these
// classes call. `StreamTest` fails when that no longer holds.

@_documentation(visibility: private)
extension Bulla: EndsWithTask {}
@_documentation(visibility: private)
extension Session: EndsWithTask {}
@_documentation(visibility: private)
extension SignInAttempt: EndsWithTask {}
@_documentation(visibility: private)
extension PasswordReset: EndsWithTask {}
@_documentation(visibility: private)
extension QrSignIn: EndsWithTask {}
@_documentation(visibility: private)
extension QrGrant: EndsWithTask {}
@_documentation(visibility: private)
extension DeviceListStream: EndsWithTask {}
@_documentation(visibility: private)
extension OpenedMessage: EndsWithTask {}
@_documentation(visibility: private)
extension Room: EndsWithTask {}
@_documentation(visibility: private)
extension Timeline: EndsWithTask {}
@_documentation(visibility: private)
extension StateStream: EndsWithTask {}
@_documentation(visibility: private)
extension RoomListStream: EndsWithTask {}
@_documentation(visibility: private)
extension RoomStream: EndsWithTask {}
@_documentation(visibility: private)
extension AbilityStream: EndsWithTask {}
@_documentation(visibility: private)
extension AppLock: EndsWithTask {}
@_documentation(visibility: private)
extension AppLockStream: EndsWithTask {}
@_documentation(visibility: private)
extension MemberStream: EndsWithTask {}
@_documentation(visibility: private)
extension TimelineStream: EndsWithTask {}
@_documentation(visibility: private)
extension ThreadList: EndsWithTask {}
@_documentation(visibility: private)
extension MarkAllRead: EndsWithTask {}
@_documentation(visibility: private)
extension Export: EndsWithTask {}
@_documentation(visibility: private)
extension Media: EndsWithTask {}
@_documentation(visibility: private)
extension MediaFile: EndsWithTask {}
@_documentation(visibility: private)
extension MediaStream: EndsWithTask {}
@_documentation(visibility: private)
extension UploadStream: EndsWithTask {}

/// An exported class whose asynchronous methods end when the task around them is cancelled: at once, with a
/// `CancellationError`.
protocol EndsWithTask: AnyObject {}

internal extension EndsWithTask {
    /// Drives a Rust future to its end, or drops it when the task is cancelled. It is polled at least once, so that a
    /// command that was called has begun; what is ready is returned, cancelled or not.
    func uniffiRustCallAsync<Foreign, Result>(
        rustFutureFunc: () -> UInt64,
        pollFunc: (UInt64, @escaping UniffiRustFutureContinuationCallback, UInt64) -> Void,
        completeFunc: (UInt64, UnsafeMutablePointer<RustCallStatus>) -> Foreign,
        freeFunc: (UInt64) -> Void,
        liftFunc: (Foreign) throws -> Result,
        errorHandler: ((RustBuffer) throws -> any Error)?
    ) async throws -> Result {
        let future = rustFutureFunc()
        // Drops what is inside; the library aborts a query then, and lets a command go on.
        defer { freeFunc(future) }
        let turn = Turn()
        try await withTaskCancellationHandler {
            var outcome = Turn.Outcome.wake
            while outcome == .wake {
                outcome = await withUnsafeContinuation { continuation in
                    turn.begin(continuation)
                    pollFunc(future, { Turn.end($0, ready: $1 == 0) }, turn.handle())
                    turn.endIfCancelled()
                }
            }
            // A result that came meanwhile may be an object: only taking it frees it.
            if outcome == .cancelled, !turn.isReady { throw CancellationError() }
        } onCancel: {
            turn.cancel()
        }
        var status = RustCallStatus()
        let result = completeFunc(future, &status)
        switch (status.code, errorHandler) {
        case (0, _):
            return try liftFunc(result)
        case (1, let lift?):
            throw try lift(status.errorBuf)
        default:
            // A panic outside the library's own tasks. Its text may hold anything.
            var freed = RustCallStatus()
            ffi_bulla_rustbuffer_free(status.errorBuf, &freed)
            throw panic()
        }
    }
}

/// Outside the types that conform to `AsyncSequence`, `Failure` is ours.
private func panic() -> any Error { Failure.Unexpected(reference: "panic") }

/// One call's wait for its next poll: over when Rust says so or when the task is cancelled, whichever comes first.
private final class Turn: @unchecked Sendable {
    enum Outcome { case wake, ready, cancelled }

    private let lock = NSLock()
    private var waiting: UnsafeContinuation<Outcome, Never>?
    private var isCancelled = false
    private var hasResult = false

    var isReady: Bool { lock.withLock { hasResult } }

    func begin(_ continuation: UnsafeContinuation<Outcome, Never>) {
        lock.withLock { waiting = continuation }
    }

    func cancel() {
        lock.withLock { isCancelled = true }
        end(.cancelled)
    }

    /// For a cancellation that came before `begin`.
    func endIfCancelled() {
        if lock.withLock({ isCancelled }) { end(.cancelled) }
    }

    /// What Rust hands back, exactly once for each poll: freeing a future that still waits counts as such.
    func handle() -> UInt64 {
        UInt64(UInt(bitPattern: Unmanaged.passRetained(self).toOpaque()))
    }

    static func end(_ handle: UInt64, ready: Bool) {
        guard let pointer = UnsafeRawPointer(bitPattern: UInt(handle)) else { return }
        let turn = Unmanaged<Turn>.fromOpaque(pointer).takeRetainedValue()
        if ready { turn.lock.withLock { turn.hasResult = true } }
        turn.end(ready ? .ready : .wake)
    }

    private func end(_ outcome: Outcome) {
        let continuation = lock.withLock {
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: outcome)
    }
}
