mod landing;
