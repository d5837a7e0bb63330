package org.bulla.app

import android.app.Application
import android.net.ConnectivityManager
import android.os.Build
import android.os.Bundle
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.ProcessLifecycleOwner
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.bulla.Bulla
import org.bulla.model.AccountId
import org.bulla.model.Config
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.OwnerCheck

/** What lives as long as the process: the one [AppModel], which outlives every activity, and what tells it of the phone. */
class AppProcess(private val context: Application, wrapping: WrappingKey, owner: OwnerCheck?) {
    val scope = MainScope()
    val preferences = Preferences(context)
    val browser = AndroidBrowser(context)
    val camera = CodeCamera(context)
    val portraits = PortraitPicker(context)
    val places = DevicePlace(context)
    val files = FilePicker(context)
    val sound = PhoneSound(context, scope)

    val model: AppModel = AppModel(
        Bulla(
            // Outside of every backup, whatever the rules for it say.
            Config(folder = context.noBackupFilesDir.resolve("accounts").path, deviceName = "Bulla, ${Build.MODEL}", trust = context.builtInTrust()),
            WrappedKeyStore(context.noBackupFilesDir.resolve("keys"), wrapping),
        ),
        scope,
        preferences,
        browser,
        camera,
        owner = owner,
        pictures = portraits,
        exports = ExportFolder(context),
        places = places,
        files = files,
        sound = sound,
    )

    /** Whether [SyncService] keeps the app connected. */
    val servedInBackground = MutableStateFlow(false)

    /** A text from another app that waits for a conversation. */
    val shared = MutableStateFlow<String?>(null)

    private var begun: Job? = null

    init {
        val shown = ProcessLifecycleOwner.get().lifecycle.currentStateFlow.map { it.isAtLeast(Lifecycle.State.STARTED) }.distinctUntilChanged()
        val account = model.state.map { it.current?.id }.distinctUntilChanged()
        val connectivity = checkNotNull(context.getSystemService(ConnectivityManager::class.java))
        // Also while the service keeps the sessions awake.
        scope.launch { shown.collect { if (it) model.shown() else model.hidden() } }
        scope.launch { pauseAndResume(combine(shown, servedInBackground, Boolean::or), account) }
        scope.launch { connectivity.changes().collect(model::networkChanged) }
        scope.launch { serve(shown, account) }
        scope.launch { Messages(context, model).tell(shown) }
        scope.launch { handOver() }
        scope.launch { context.speak(model.state.map { it.settings.language }) }
    }

    /** Looks for accounts, once a process, and goes back to where [saved] says the person was when the last process ended. */
    fun begin(saved: Bundle?): Job = begun ?: scope.launch {
        // Before anything else: it may forbid what comes next.
        readManaged().join()
        model.start().join()
        if (saved != null) model.restore(saved)
        if (shared.value == null) shared.value = saved?.getString(SHARED)
    }.also { begun = it }

    /** What is to survive the end of the process. */
    fun save(to: Bundle) {
        model.save(to)
        to.putString(SHARED, shared.value?.take(LONGEST_DRAFT))
    }

    /** Hears what the phone's management says, which may change at any time. */
    fun readManaged(): Job = model.setManaged(context.managed())

    /** Takes a text from another app; the person says into which conversation. */
    fun share(text: String) {
        shared.value = text
        model.home()
    }

    private suspend fun pauseAndResume(awake: Flow<Boolean>, account: Flow<AccountId?>) {
        // An account that is opened meanwhile has to hear it, too.
        combine(awake.distinctUntilChanged(), account) { awake, _ -> awake }.collect { awake ->
            val told = if (awake) model.resume() else model.pause()
            told.join()
        }
    }

    /** The service may be started only while a screen is shown, and outlives it. */
    private suspend fun serve(shown: Flow<Boolean>, account: Flow<AccountId?>) = combine(shown, account, ::Pair).collect { (shown, account) ->
        if (account == null) SyncService.stop(context) else if (shown) SyncService.start(context)
    }

    /** What was shared is begun in the conversation that is opened next, not sent. */
    private suspend fun handOver() = combine(shared, model.state.map { it.room }.distinctUntilChanged(), ::Pair).collect { (text, room) ->
        if (text == null || room == null) return@collect
        val conversation = model.conversation(room) ?: return@collect
        shared.value = null
        conversation.setDraft(listOf(conversation.state.value.draft, text).filter(String::isNotEmpty).joinToString("\n"))
    }

    private companion object {
        const val SHARED = "shared"
    }
}
