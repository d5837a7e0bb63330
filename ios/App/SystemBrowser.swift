import AuthenticationServices
import BullaModels
import UIKit

/// The system's browser in a sheet of its own, which the system closes when it comes back. Nothing of it is the app's but the address
/// at the end.
@MainActor
final class SystemBrowser: NSObject, BrowserPort, ASWebAuthenticationPresentationContextProviding {
    let name = Bundle.main.object(forInfoDictionaryKey: "CFBundleDisplayName") as? String ?? "Bulla"
    let website = "https://app.bulla.org/"
    let callback = "\(SystemBrowser.scheme):/callback"
    /// The domain of `website` reversed. The system gives what is called by it to the session alone.
    private static let scheme = "org.bulla.app"
    private var session: ASWebAuthenticationSession?

    func open(_ url: String) -> AsyncStream<String> {
        let (callbacks, call) = AsyncStream.makeStream(of: String.self)
        guard let url = URL(string: url) else {
            call.finish()
            return callbacks
        }
        let session = ASWebAuthenticationSession(url: url, callbackURLScheme: Self.scheme) { address, _ in
            // Without an address the person has closed the page.
            if let address { call.yield(address.absoluteString) }
            call.finish()
        }
        session.presentationContextProvider = self
        self.session = session
        call.onTermination = { [weak self] _ in Task { @MainActor in self?.close() } }
        if !session.start() { call.finish() }
        return callbacks
    }

    func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor {
        UIApplication.shared.frontWindow ?? ASPresentationAnchor()
    }

    private func close() {
        session?.cancel()
        session = nil
    }
}

extension UIApplication {
    /// The window that the person sees.
    var frontWindow: UIWindow? { connectedScenes.lazy.compactMap { ($0 as? UIWindowScene)?.keyWindow }.first }
}
