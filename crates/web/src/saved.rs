//! Forms of a certificate that are saved as a file: by a call and from the family's page.

use axum::{
    http::{
        HeaderName,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::id::BeneficiaryId;

use crate::{Web, caller::Caller};

/// A form that is saved as a file.
#[derive(Clone, Copy)]
pub(crate) enum Saved {
    /// The W3C's credential.
    Credential,
    /// Co-WIN's form: what its code holds.
    CowinArchive,
    /// The same as a picture of the code.
    CowinPicture,
}

impl Saved {
    /// Media type, and the file as it is offered.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Credential => {
                ("application/vc", "attachment; filename=\"vaccination-credential.json\"")
            }
            Self::CowinArchive => ("application/zip", "attachment; filename=\"cowin.zip\""),
            Self::CowinPicture => ("image/png", "attachment; filename=\"cowin.png\""),
        }
    }

    /// The file of a person of the resident who asks.
    pub(crate) async fn answer(
        self,
        web: &Web,
        caller: &Caller,
        id: BeneficiaryId,
    ) -> app::Result<Response> {
        let (platform, ctx) = (&web.0.platform, &caller.ctx);
        let bytes = match self {
            Self::Credential => platform.my_credential(ctx, id).await?.into_bytes(),
            Self::CowinArchive => platform.my_cowin(ctx, id).await?,
            Self::CowinPicture => platform.my_cowin_picture(ctx, id).await?,
        };
        let (kind, file) = self.names();
        let headers = [
            (CONTENT_TYPE, kind),
            (CONTENT_DISPOSITION, file),
            (CACHE_CONTROL, "private, no-store"),
            (HeaderName::from_static("x-robots-tag"), "noindex"),
        ];
        Ok((headers, bytes).into_response())
    }
}
