package org.bulla.ui.model

import kotlinx.coroutines.flow.Flow

/** The system's browser, which a shell has: a person signs in there, never in a view of the app's own. */
interface BrowserPort {
    /** What the app calls itself there. */
    val name: String

    /** The app's own page: `https`, and the domain that its scheme is the reverse of. */
    val website: String

    /** Gets ready to be called back. */
    fun visit(): BrowserVisit
}

/** One visit to a page in the browser. Closing it ends the wait. */
interface BrowserVisit : AutoCloseable {
    /** Where the browser is to come back to. */
    val callback: String

    /**
     * Opens [url] and tells every address that the app is called back at, whoever calls. It ends where the person is seen to have closed
     * the browser.
     */
    fun open(url: String): Flow<String>
}
