import BullaModels

/// A browser in which somebody meets the real pages and says yes or no; a hostile app calls back first.
@MainActor
final class PersonsBrowser: BrowserPort {
    let name = "Bulla"
    let website = "https://bulla.example.org/"
    let callback = "org.example.bulla:/callback"
    private let person: KnownPerson
    private let allows: Bool

    init(_ person: KnownPerson, allows: Bool) { (self.person, self.allows) = (person, allows) }

    func open(_ url: String) -> AsyncStream<String> {
        let (callbacks, call) = AsyncStream.makeStream(of: String.self)
        call.yield("\(callback)?code=stolen&state=unknown")
        call.yield("https://evil.example/?code=stolen")
        Task { [person, allows] in
            if let answer = try? await Deployment.browse(url, as: person, allow: allows) { call.yield(answer) }
            call.finish()
        }
        return callbacks
    }
}
