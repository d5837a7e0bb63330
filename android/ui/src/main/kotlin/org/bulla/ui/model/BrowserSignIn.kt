package org.bulla.ui.model

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.withContext
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.SignInAttempt
import org.bulla.model.Failure
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart

/** Signs in at [homeserver] through the browser, as [email] where it is known. Null where the person has closed the browser. */
internal suspend fun Bulla.signInByBrowser(browser: BrowserPort, homeserver: String, email: String? = null): Session? = browser.visit().use { visit ->
    val app = OauthApp(browser.name, browser.website, visit.callback)
    beginSignIn(homeserver, app, OauthStart(hint = email)).use { attempt ->
        try {
            visit.open(attempt.url()).mapNotNull { attempt.answered(it) }.firstOrNull()
        } finally {
            // Whoever goes away leaves nothing behind; what has ended is not touched.
            withContext(NonCancellable) { attempt.cancel() }
        }
    }
}

/** Any app may call: what does not answer this attempt is passed over, and it goes on waiting. */
private suspend fun SignInAttempt.answered(callback: String): Session? = try {
    finish(callback)
} catch (_: Failure.Invalid) {
    null
} catch (failure: Failure.Rejected) {
    if (failure.code in STRANGERS) null else throw failure
}

private val STRANGERS = setOf("OAUTH_STATE", "OAUTH_ISSUER")
