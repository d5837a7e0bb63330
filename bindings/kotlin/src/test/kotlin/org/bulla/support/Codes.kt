package org.bulla.support

import kotlinx.coroutines.flow.first
import org.bulla.QrGrant
import org.bulla.QrSignIn
import org.bulla.Session
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture
import org.bulla.model.QrSignInState
import org.bulla.model.SessionState
import org.bulla.stateFlow

/** What the tests call themselves to an authentication service. */
val OAUTH_APP = OauthApp("Bulla", "https://bulla.example.org/", "org.example.bulla:/callback")

/** Somebody with one device, which came in through the deployment's browser and is up to date. */
suspend fun Stage.signedInByBrowser(): Pair<Person, Session> {
    val homeserver = Deployment.sovereign()
    val person = Deployment.newPerson()
    val (folder, keys) = newFolder() to MemoryKeyStore()
    val bulla = library(folder, keys)
    atEnd {
        bulla.close()
        folder.toFile().deleteRecursively()
    }
    val session = bulla.beginSignIn(homeserver, OAUTH_APP, OauthStart()).use { it.finish(Deployment.browse(it.url(), person, allow = true)) }
    atEnd {
        session.shutdown()
        session.close()
    }
    inTime("live") { session.stateFlow().first { it is SessionState.Live } }
    return person to session
}

/** A code as a camera sees it, on a larger grey ground: so many pixels a row, and its pixels. */
fun QrPicture.seen(scale: Int = 6): Pair<Int, ByteArray> {
    val modules = width.toInt()
    val (columns, rows) = modules * scale + 50 to modules * scale + 40
    val luma = ByteArray(columns * rows) { at ->
        val (column, row) = at % columns - 30 to at / columns - 15
        val inside = column in 0 until modules * scale && row in 0 until modules * scale
        val dark = inside && this.modules[row / scale * modules + column / scale].toInt() == 1
        (if (dark) 40 else 210).toByte()
    }
    return columns to luma
}

suspend fun <T : Any> QrGrant.wait(what: String, found: (QrGrantState) -> T?): T = wait(what, { next() }, { finish() }, found)

suspend fun <T : Any> QrSignIn.wait(what: String, found: (QrSignInState) -> T?): T = wait(what, { next() }, { finish() }, found)

/** The first thing that [found] finds in a state; an end before that is a failure, which says why. */
private suspend fun <S, T : Any> wait(what: String, next: suspend () -> S?, end: suspend () -> Any?, found: (S) -> T?): T =
    inTime(what) {
        var seen: T? = null
        while (seen == null) seen = found(next() ?: error("$what: it ended: ${runCatching { end() }}"))
        seen
    }
