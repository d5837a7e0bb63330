package org.bulla.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import org.bulla.ui.model.BrowserPort
import org.bulla.ui.model.BrowserVisit

/** The browser that the person has chosen. It comes back by a link of the app's own scheme, which [MainActivity] takes. */
class AndroidBrowser(private val context: Context) : BrowserPort {
    private val calls = MutableSharedFlow<String>(extraBufferCapacity = CALLS, onBufferOverflow = BufferOverflow.DROP_OLDEST)

    override val name: String get() = context.getString(R.string.app_name)
    override val website = "https://app.bulla.org/"

    override fun visit() = object : BrowserVisit {
        override val callback = "$SCHEME:/callback"

        override fun open(url: String): Flow<String> = flow { if (show(url)) emitAll(calls) }

        override fun close() {}
    }

    /** Takes a link of the app's own scheme; one that nobody waits for is nothing. */
    fun calledBack(link: String) {
        calls.tryEmit(link)
    }

    private fun show(url: String): Boolean = try {
        context.startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(url)).addCategory(Intent.CATEGORY_BROWSABLE).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        true
    } catch (_: ActivityNotFoundException) {
        false
    }

    companion object {
        /** The domain of [website] reversed; also in the manifest. */
        const val SCHEME = "org.bulla.app"

        /** More calls than that at once are not the browser's. */
        private const val CALLS = 8
    }
}
