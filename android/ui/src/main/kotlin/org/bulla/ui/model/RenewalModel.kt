package org.bulla.ui.model

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.dropWhile
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.bulla.Session
import org.bulla.model.SessionState
import org.bulla.stateFlow

data class RenewalState(
    /** A mail is on its way. */
    val sent: Boolean = false,
    /** In how many seconds another mail may be asked for. */
    val wait: Int = 0,
    val busy: Boolean = false,
    /** The server was asked, and knows of no renewal. */
    val notYet: Boolean = false,
    val problem: Problem? = null,
)

/** An account that has expired: a mail is asked for, and its link renews it. */
class RenewalModel(private val session: Session, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(RenewalState())

    val state: StateFlow<RenewalState> = states.asStateFlow()

    fun sendMail(): Job = busy {
        session.sendRenewalMail()
        states.update { it.copy(sent = true) }
    }

    /** The person says that it is renewed: the server is asked. */
    fun check(): Job = busy {
        session.resume()
        // A server that does not answer is told as such by the session.
        val answer = withTimeoutOrNull(PATIENCE) { session.stateFlow().dropWhile { it is SessionState.Expired }.first { it.isAnswer } }
        when (answer) {
            null, is SessionState.Expired -> states.update { it.copy(notYet = true) }
            is SessionState.Offline -> failed(Problem.Offline)
            else -> {}
        }
    }

    private val SessionState.isAnswer get() = this !is SessionState.Attaching && this !is SessionState.Paused

    private fun busy(command: suspend () -> Unit): Job {
        states.update { it.copy(busy = true, notYet = false, problem = null) }
        return scope.launch {
            try {
                attempt(::failed, command)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = when (problem) {
        is Problem.Wait -> countDown(problem.seconds)
        else -> states.update { it.copy(problem = problem) }
    }

    private fun countDown(from: Int) {
        if (states.value.wait > 0) return
        states.update { it.copy(wait = from) }
        scope.launch {
            while (states.value.wait > 0) {
                delay(1.seconds)
                states.update { it.copy(wait = it.wait - 1) }
            }
        }
    }

    private companion object {
        val PATIENCE = 10.seconds
    }
}
