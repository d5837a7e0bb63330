package org.bulla.ui.model

import org.bulla.model.SessionState

/** What holds an account up, so that its screen stands before all others. */
enum class Hold {
    /** The password is a temporary one. */
    CHOOSE_PASSWORD,

    /** The account has to be renewed. What is here can still be read. */
    EXPIRED,

    /** Nothing of the account is left on this device. */
    ERASED;

    companion object {
        /** What holds after [state] was told, when [before] held. */
        fun after(state: SessionState, before: Hold?): Hold? = when (state) {
            is SessionState.MustChoosePassword -> CHOOSE_PASSWORD
            is SessionState.Expired -> EXPIRED
            is SessionState.Erased -> ERASED
            // Not known yet whether it still does.
            is SessionState.Attaching, is SessionState.Paused, is SessionState.Offline -> before
            is SessionState.Live, is SessionState.SignedOut, is SessionState.Failed -> null
        }
    }
}
