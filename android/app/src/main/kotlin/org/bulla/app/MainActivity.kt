package org.bulla.app

import android.content.Intent
import android.os.Bundle
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.runtime.getValue
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch

/** The one activity. All that lasts is in [AppProcess], so that it may be made anew at every turn of the phone. */
class MainActivity : ComponentActivity() {
    private val app get() = (application as BullaApplication).process

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        app.camera.use(this)
        app.portraits.use(this)
        app.places.use(this)
        app.files.use(this)
        app.sound.use(this)
        app.begin(savedInstanceState)
        // One that was made anew has taken its intent already.
        if (savedInstanceState == null) take(intent)
        lifecycleScope.launch {
            val forbidden = app.model.state.map { it.deployment?.rules?.noScreenshots?.on == true }
            val allowed = app.preferences.screenshotsAllowed.combine(forbidden) { allowed, forbidden -> allowed && !forbidden }
            repeatOnLifecycle(Lifecycle.State.STARTED) { allowed.collect(::allowScreenshots) }
        }
        setContent {
            val state by app.model.state.collectAsStateWithLifecycle()
            BackHandler(enabled = state.route.size > 1) { app.model.back() }
            Screens(this, app, state)
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    override fun onResume() {
        super.onResume()
        app.preferences.readPolicy()
        app.readManaged()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        app.save(outState)
    }

    private fun take(intent: Intent) {
        // Opened again from the recent apps, which repeats the intent of back then.
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return
        // The browser comes back to the process that sent for it, or to none: an attempt does not outlive it.
        if (intent.action == Intent.ACTION_VIEW && intent.scheme == AndroidBrowser.SCHEME) {
            intent.dataString?.let(app.browser::calledBack)
            return
        }
        app.scope.launch {
            app.begin(saved = null).join()
            when (intent.action) {
                Intent.ACTION_VIEW -> intent.dataString?.let { open(it, intent.getStringExtra(ACCOUNT)) }
                Intent.ACTION_SEND -> intent.getStringExtra(Intent.EXTRA_TEXT)?.let(app::share)
            }
        }
    }

    /** Opens a link, of the account that a notification was for. */
    private suspend fun open(link: String, account: String?) {
        val state = app.model.state.value
        if (account != state.current?.id && state.accounts.any { it.id == account }) app.model.open(checkNotNull(account)).join()
        app.model.openLink(link)
    }

    private fun allowScreenshots(allowed: Boolean) {
        if (allowed) window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE) else window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
    }

    companion object {
        /** The account that a link is of, where a notification leads to it. */
        const val ACCOUNT = "org.bulla.app.ACCOUNT"
    }
}
