import Bulla

extension Bulla {
    /// Signs in at `homeserver` through the browser, as `email` where it is known. Nil where the person has closed the browser.
    @MainActor
    func signIn(by browser: any BrowserPort, homeserver: String, email: String? = nil) async throws -> Session? {
        let start = OauthStart(hint: email)
        let attempt = try await beginSignIn(homeserver: homeserver, app: browser.app, start: start)
        return try await attempt.answered(by: browser)
    }
}

extension Session {
    /// Brings this session back through the browser after a soft logout. False where the person has closed the browser.
    @MainActor
    func comeBack(by browser: any BrowserPort) async throws -> Bool {
        try await beginSignInAgain(app: browser.app).answered(by: browser) != nil
    }
}

extension BrowserPort {
    /// What an authentication service is told of the app.
    var app: OauthApp { OauthApp(name: name, website: website, callback: callback) }
}

extension SignInAttempt {
    @MainActor
    fileprivate func answered(by browser: any BrowserPort) async throws -> Session? {
        let attempt = self
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

    /// Any app may call: what does not answer this attempt is passed over, and it goes on waiting.
    fileprivate func answered(_ callback: String) async throws -> Session? {
        do {
            return try await finish(callbackUrl: callback)
        } catch Failure.Invalid(field: .link, _) {
            return nil
        } catch Failure.Rejected("OAUTH_STATE"), Failure.Rejected("OAUTH_ISSUER") {
            return nil
        }
    }
}
