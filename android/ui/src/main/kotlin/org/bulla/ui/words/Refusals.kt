package org.bulla.ui.words

import org.bulla.model.Refusal

/** Why something may not be done, before anybody tries; null where it may. */
fun Words.whyNot(why: Refusal?): String? = when (why) {
    null -> null
    is Refusal.NeedsRole -> role(why.role)?.let(::notAllowedRole) ?: notAllowedOutside
    is Refusal.Guest -> notAllowedGuest
    is Refusal.Kind -> notAllowedKind
    is Refusal.NotMember -> notAllowedOutside
    is Refusal.AlreadySo -> notAllowedAlready
}
