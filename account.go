package lintu

import (
	"context"
	"time"
)

// Account is somebody who can sign in.
type Account struct {
	ID         ID         `json:"id"`
	Login      string     `json:"login"` // lower case; not a person's name
	Disabled   bool       `json:"disabled"`
	MustChange bool       `json:"mustChange"` // the password is one-time: nothing works before it is changed
	CreatedAt  time.Time  `json:"createdAt"`
	SeenAt     *time.Time `json:"seenAt,omitempty"`
	Grants     []Grant    `json:"grants"` // held now or later
}

// Session is somebody signed in, or a program with a token.
type Session struct {
	ID         ID // of the session or the token
	Account    ID
	Login      string
	MustChange bool
	Grants     []Grant // held now
	Token      bool
	Only       []Right // what a token is limited to
	ExpiresAt  time.Time
}

// SignIn is one attempt to sign in.
type SignIn struct {
	Login, Password string
	From            string // address, for throttling and the audit
}

// Identity is what a single sign-on says about somebody.
type Identity struct {
	Issuer, Subject string
	Login           string // proposed for a new account
	From            string
}

// Token is what is shown of an API token; its secret is shown once.
type Token struct {
	ID        ID         `json:"id"`
	Title     string     `json:"title"`
	Only      []Right    `json:"only"` // never empty
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	UsedAt    *time.Time `json:"usedAt,omitempty"`
}

// Doorkeeper knows who somebody is. Secrets are stored as hashes only.
//
// Every refusal to sign in has the same code, text and duration, whether the
// account is missing, disabled or the password wrong. Too many are CodeThrottled,
// per account and per address.
type Doorkeeper interface {
	// SignIn returns a fresh session and the secret for its cookie.
	SignIn(ctx context.Context, tenant int32, s SignIn) (*Session, string, error)
	// SignInAs signs in whom a single sign-on vouches for. The first time it makes
	// an account without roles.
	SignInAs(ctx context.Context, tenant int32, i Identity) (*Session, string, error)
	// Session finds a session or token by its secret and notes that it is used;
	// CodeUnauthenticated if there is none, or it has ended by idleness, age,
	// sign-out or the account being disabled.
	Session(ctx context.Context, tenant int32, secret string) (*Session, error)
	// RecentSession is Session, but where another process has ended the session, or has
	// changed what it may, that shows within a second only. What this process has done
	// shows at once.
	RecentSession(ctx context.Context, tenant int32, secret string) (*Session, error)
	// KnownSession is RecentSession where its answer is at hand; nil where it is to be
	// looked up.
	KnownSession(tenant int32, secret string) *Session
	// Sessions are those sessions and tokens, by their ids, that still hold. It is no
	// use of them.
	Sessions(ctx context.Context, tenant int32, ids []ID) (map[ID]*Session, error)
	SignOut(ctx context.Context, tenant int32, session ID, by Actor) error
	// SignOutEverywhere ends all sessions of an account; tokens stay.
	SignOutEverywhere(ctx context.Context, tenant int32, account ID, by Actor) error
	// ChangePassword ends all sessions of the account and returns a fresh one.
	// CodeInvalid says what is wrong with the new password; a wrong old one counts
	// as a failed sign-in.
	ChangePassword(ctx context.Context, tenant int32, account ID, old, new string, by Actor) (*Session, string, error)

	// CreateToken returns a token and its secret, which begins with "lintu_".
	CreateToken(ctx context.Context, tenant int32, account ID, title string, only []Right, life time.Duration, by Actor) (*Token, string, error)
	Tokens(ctx context.Context, tenant int32, account ID) ([]Token, error)
	// RevokeToken is CodeNotFound for a token of somebody else.
	RevokeToken(ctx context.Context, tenant int32, account, token ID, by Actor) error
}

// Registrar keeps the accounts. Logins are found in any case of letters.
type Registrar interface {
	Accounts(ctx context.Context, tenant int32) ([]Account, error)
	// Account is CodeNotFound if there is none of that login.
	Account(ctx context.Context, tenant int32, login string) (*Account, error)
	// AddAccount returns the account's one-time password.
	AddAccount(ctx context.Context, tenant int32, login string, by Actor) (*Account, string, error)
	// ResetPassword ends all sessions and returns a one-time password.
	ResetPassword(ctx context.Context, tenant int32, login string, by Actor) (string, error)
	// SetPassword gives a password that need not be changed.
	SetPassword(ctx context.Context, tenant int32, login, password string, by Actor) error
	// SetDisabled ends all sessions and tokens of a disabled account at once. The
	// last administrator cannot be disabled: CodeConflict.
	SetDisabled(ctx context.Context, tenant int32, login string, disabled bool, by Actor) error
	// Grant gives a role; CodeInvalid if it cannot be held for that scope,
	// CodeNotFound if the scope's area, unit or head is not there.
	Grant(ctx context.Context, tenant int32, login string, g Grant, by Actor) error
	// Revoke ends a grant now. The last administrator stays: CodeConflict.
	Revoke(ctx context.Context, tenant int32, login string, grant ID, by Actor) error
	// FindScope turns "everywhere", "communities/430181001009", "units/…" or
	// "heads/…" into a scope.
	FindScope(ctx context.Context, tenant int32, text string) (Scope, error)
	// ScopeTitle names a scope for people: the area's, unit's or head's name or code.
	ScopeTitle(ctx context.Context, tenant int32, s Scope) (Text, error)
}
