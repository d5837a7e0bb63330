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
import org.bulla.model.Discovery
import org.bulla.model.Field
import org.bulla.model.SignInWay

data class EntryState(
    val email: String = "",
    /** The server that answers for the address; null until it is found. */
    val found: Discovery? = null,
    val password: String = "",
    val busy: Boolean = false,
    /** The browser is open, and is waited for. */
    val browsing: Boolean = false,
    val problem: Problem? = null,
) {
    /** The field that [problem] is about. */
    val wrongField: Field? get() = (problem as? Problem.Invalid)?.field?.takeIf { it == Field.EMAIL || it == Field.PASSWORD }

    /** Whether the server lets this way in. */
    fun allows(way: SignInWay): Boolean = found?.instance?.signIn.orEmpty().contains(way)
}

/** Signs in where a deployment says who belongs to it: an address leads to its server, and that to a way in. */
class EntryModel(
    private val bulla: Bulla,
    private val browser: BrowserPort?,
    parent: CoroutineScope,
    private val signedIn: (Session) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(EntryState())
    private var work: Job? = null

    val state: StateFlow<EntryState> = states.asStateFlow()

    /** Whether there is a browser to sign in with. */
    val hasBrowser: Boolean get() = browser != null

    fun setEmail(email: String) = states.update { it.copy(email = email, problem = null) }

    fun setPassword(password: String) = states.update { it.copy(password = password, problem = null) }

    /** Looks for the server of the address. */
    fun find(): Job = working { asked ->
        val found = bulla.discover(asked.email)
        states.update { it.copy(email = found.email, found = found, password = "") }
    }

    /** Back to the address. */
    fun change() {
        cancel()
        states.update { it.copy(found = null, password = "", problem = null) }
    }

    fun submit(): Job = working { asked ->
        val found = asked.found ?: return@working
        entered(bulla.signIn(found.instance.baseUrl, found.email, asked.password))
    }

    fun browse(): Job = working { asked ->
        val (browser, found) = (browser ?: return@working) to (asked.found ?: return@working)
        states.update { it.copy(browsing = true) }
        bulla.signInByBrowser(browser, found.instance.baseUrl, found.email)?.let(::entered)
    }

    /** Stops waiting for the server, or for the browser. */
    fun cancel() {
        work?.cancel()
    }

    private fun entered(session: Session) {
        states.value = EntryState()
        signedIn(session)
    }

    private fun working(command: suspend (EntryState) -> Unit): Job {
        work?.takeIf { it.isActive }?.let { return it }
        val asked = states.value
        states.update { it.copy(busy = true, problem = null) }
        val job = scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) { command(asked) }
            } finally {
                states.update { it.copy(busy = false, browsing = false) }
            }
        }
        work = job
        return job
    }
}
