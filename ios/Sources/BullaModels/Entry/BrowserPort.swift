/// The system's browser, which the app has: a person signs in there, never in a view of the app's own.
@MainActor
public protocol BrowserPort: AnyObject {
    /// What the app calls itself there.
    var name: String { get }
    /// The app's own page: `https`, and the domain that its scheme is the reverse of.
    var website: String { get }
    /// Where the browser is to come back to.
    var callback: String { get }
    /// Opens `url` and tells every address that the app is called back at, whoever calls. It ends where the person is seen to
    /// have closed the browser.
    func open(_ url: String) -> AsyncStream<String>
}
