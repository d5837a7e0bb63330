package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.model.Field

data class SignInState(
    val server: String = "",
    val user: String = "",
    val password: String = "",
    val busy: Boolean = false,
    /** The browser is open, and is waited for. */
    val browsing: Boolean = false,
    val problem: Problem? = null,
) {
    /** The field that [problem] is about, if it is about one of these three. */
    val wrongField: Field? get() = (problem as? Problem.Invalid)?.field?.takeIf { it in FIELDS }
    val complete: Boolean get() = server.isNotBlank() && user.isNotBlank() && password.isNotEmpty()

    private companion object {
        val FIELDS = setOf(Field.HOMESERVER, Field.USER, Field.PASSWORD)
    }
}

/** Signs in at a server that the person names, by password or through the browser; [signedIn] gets the session. */
class SignInModel(
    private val bulla: Bulla,
    private val browser: BrowserPort?,
    parent: CoroutineScope,
    private val signedIn: (Session) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(SignInState())
    private var work: Job? = null

    val state: StateFlow<SignInState> = states.asStateFlow()

    fun setServer(server: String) = states.update { it.copy(server = server, problem = null) }

    fun setUser(user: String) = states.update { it.copy(user = user, problem = null) }

    fun setPassword(password: String) = states.update { it.copy(password = password, problem = null) }

    /** Whether there is a browser to sign in with. */
    val hasBrowser: Boolean get() = browser != null

    fun submit(): Job = working { asked -> bulla.signIn(asked.server.trim(), asked.user.trim(), asked.password) }

    fun browse(): Job = working { asked ->
        states.update { it.copy(browsing = true) }
        browser?.let { bulla.signInByBrowser(it, asked.server.trim()) }
    }

    private fun working(enter: suspend (SignInState) -> Session?): Job {
        work?.takeIf { it.isActive }?.let { return it }
        val asked = states.value
        states.update { it.copy(busy = true, problem = null) }
        val job = scope.launch {
            try {
                val session = attempt({ problem -> states.update { it.copy(problem = problem) } }) { enter(asked) }
                if (session != null) {
                    states.value = SignInState()
                    signedIn(session)
                }
            } finally {
                states.update { it.copy(busy = false, browsing = false) }
            }
        }
        work = job
        return job
    }

    /** Stops waiting for the server, or for the browser. */
    fun cancel() {
        work?.cancel()
    }
}
