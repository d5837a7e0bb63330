package org.bulla.ui.model

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.withContext
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.SignInAttempt
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart

/** Signs in at [homeserver] through the browser, as [email] where it is known. Null where the person has closed the browser. */
internal suspend fun Bulla.signInByBrowser(browser: BrowserPort, homeserver: String, email: String? = null): Session? =
    browser.answers { beginSignIn(homeserver, it, OauthStart(hint = email)) }

/** Brings this session back through the browser after a soft logout. False where the person has closed the browser. */
internal suspend fun Session.comeBackByBrowser(browser: BrowserPort): Boolean {
    val back = browser.answers { beginSignInAgain(it) } ?: return false
    back.close()
    return true
}

private suspend fun BrowserPort.answers(begin: suspend (OauthApp) -> SignInAttempt): Session? = visit().use { visit ->
    begin(OauthApp(name, website, visit.callback)).use { attempt ->
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
} catch (failure: Failure.Invalid) {
    if (failure.field == Field.LINK) null else throw failure
} catch (failure: Failure.Rejected) {
    if (failure.code in STRANGERS) null else throw failure
}

private val STRANGERS = setOf("OAUTH_STATE", "OAUTH_ISSUER")
