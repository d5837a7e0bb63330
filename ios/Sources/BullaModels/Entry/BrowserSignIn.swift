import Bulla

extension Bulla {
    /// Signs in at `homeserver` through the browser, as `email` where it is known. Nil where the person has closed the browser.
    @MainActor
    func signIn(by browser: any BrowserPort, homeserver: String, email: String? = nil) async throws -> Session? {
        let app = OauthApp(name: browser.name, website: browser.website, callback: browser.callback)
        let attempt = try await beginSignIn(homeserver: homeserver, app: app, start: OauthStart(hint: email))
        do {
            for await callback in browser.open(attempt.url()) {
                if let session = try await attempt.answered(callback) { return session }
            }
        } catch {
            try? await attempt.cancel()
            throw error
        }
        // Whoever goes away leaves nothing behind; the wait ends also where it was cancelled, and this has to be done even so.
        await Task { try? await attempt.cancel() }.value
        return nil
    }
}

extension SignInAttempt {
    /// Any app may call: what does not answer this attempt is passed over, and it goes on waiting.
    fileprivate func answered(_ callback: String) async throws -> Session? {
        do {
            return try await finish(callbackUrl: callback)
        } catch Failure.Invalid {
            return nil
        } catch Failure.Rejected("OAUTH_STATE"), Failure.Rejected("OAUTH_ISSUER") {
            return nil
        }
    }
}
