import Bulla

/// What went wrong, as a value that a screen can hold and turn into words: what happened, and what to do.
public enum Problem: Equatable, Sendable {
    case offline
    case signInAgain(soft: Bool)
    case wait(seconds: Int)
    case notFound(Missing)
    case invalid(Field, FieldTrouble)
    case refused(code: String)
    case untrusted(TrustTrouble)
    case forbidden(Barrier)
    case storage(StorageTrouble)
    case closed
    case unexpected(reference: String)

    /// The one place where a failure of the library becomes a problem of a person.
    public static func of(_ failure: Failure) -> Problem {
        switch failure {
        case .Offline: .offline
        case .SignInAgain(let soft): .signInAgain(soft: soft)
        case .Wait(let retryAfter): .wait(seconds: Int(min(max(retryAfter.rounded(.up), 1), 86_400)))
        case .NotFound(let what): .notFound(what)
        case .Invalid(let field, let why): .invalid(field, why)
        case .Rejected(let code): .refused(code: code)
        case .Untrusted(let why): .untrusted(why)
        case .Forbidden(let why): .forbidden(why)
        case .Storage(let trouble): .storage(trouble)
        case .Closed: .closed
        case .Unexpected(let reference): .unexpected(reference: reference)
        }
    }
}

/// Runs a command of the library. What goes wrong is told to `failed`; a command that was cancelled tells nothing.
@MainActor
func attempt<Result>(_ failed: (Problem) -> Void, _ command: () async throws -> Result) async -> Result? {
    do {
        return try await command()
    } catch let failure as Failure {
        failed(.of(failure))
    } catch {
        assert(error is CancellationError, "the library throws only failures")
    }
    return nil
}
