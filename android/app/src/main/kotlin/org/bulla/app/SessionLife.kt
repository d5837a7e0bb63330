package org.bulla.app

import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.Failure
import org.bulla.model.NetworkChange

/**
 * Tells the current of [sessions] what becomes of the phone, for as long as the caller waits: paused unless [awake], and what [network] says.
 */
suspend fun live(sessions: Flow<Session?>, awake: Flow<Boolean>, network: Flow<NetworkChange>) = sessions.distinctUntilChanged().collectLatest { session ->
    if (session == null) return@collectLatest
    coroutineScope {
        launch { awake.distinctUntilChanged().collect { awake -> untilClosed { if (awake) session.resume() else session.pause() } } }
        launch { network.collect { session.networkChanged(it) } }
    }
}

/** Whoever signs out closes the session, and what came meanwhile is of no interest; what else is wrong, the session's state says. */
private suspend fun untilClosed(work: suspend () -> Unit) = try {
    work()
} catch (_: Failure) {
}
