package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.AgentCard
import org.bulla.model.Person

data class SettingsState(
    val profile: Person? = null,
    /** Who the person is to others, as far as the server says. */
    val card: AgentCard? = null,
    val settings: Settings,
    /** Whether others are not told what was read; null until it is known. */
    val privateReceipts: Boolean? = null,
    val busy: Boolean = false,
    /** The server was not told: signing out would leave this device in its list. */
    val signOutOffline: Boolean = false,
    val problem: Problem? = null,
)

/** The profile and what is set on this device. */
class SettingsModel(private val app: AppModel, private val session: Session, private val pictures: PicturePort?, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(SettingsState(settings = app.state.value.settings))

    val state: StateFlow<SettingsState> = states.asStateFlow()

    init {
        scope.launch { app.state.collect { state -> states.update { it.copy(settings = state.settings) } } }
        scope.launch { load() }
    }

    fun setName(name: String): Job = busy {
        session.setDisplayName(name.trim())
        load()
    }

    /** Whether there is a way to choose a picture. */
    val choosesPictures: Boolean get() = pictures != null

    fun chooseAvatar(): Job = busy {
        pictures?.picture()?.let { session.setAvatar(it) }
        load()
    }

    fun removeAvatar(): Job = busy {
        session.setAvatar(null)
        load()
    }

    fun setLanguage(language: Language) = set { copy(language = language) }

    fun setTheme(theme: Theme) = set { copy(theme = theme) }

    fun setTextSize(percent: Int) = set { copy(textSize = percent.coerceIn(Settings.TEXT_SIZES.first(), Settings.TEXT_SIZES.last())) }

    fun setPrivateReceipts(private: Boolean): Job = busy {
        session.setPrivateReceipts(private)
        states.update { it.copy(privateReceipts = private) }
    }

    /** Signs this account out. Without the server it asks first: [SettingsState.signOutOffline]. */
    fun signOut(evenOffline: Boolean = false): Job {
        states.update { it.copy(busy = true, signOutOffline = false, problem = null) }
        val job = app.signOut(session.account().id, evenOffline)
        job.invokeOnCompletion {
            val problem = app.state.value.problem
            app.problemSeen()
            states.update { it.copy(busy = false, signOutOffline = problem == Problem.Offline, problem = problem) }
        }
        return job
    }

    fun problemSeen() = states.update { it.copy(problem = null, signOutOffline = false) }

    private suspend fun load() {
        val profile = attempt(::failed) { session.profile() } ?: return
        states.update { it.copy(profile = profile) }
        // A bonus: what cannot be told is left out.
        if (states.value.privateReceipts == null) attempt({}) { session.privateReceipts() }?.let { private -> states.update { it.copy(privateReceipts = private) } }
        attempt({}) { session.whoAmI() }?.let { card -> states.update { it.copy(card = card) } }
    }

    private fun set(change: Settings.() -> Settings) = app.set(app.state.value.settings.change())

    private fun busy(command: suspend () -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed, command)
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}
